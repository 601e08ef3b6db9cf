// What a cold start of a bare Node server costs: the measure for everybody else's. ?sleep=MS makes an answer late,
// ?die ends the process, BREAK ends it at its start.
import { createServer } from 'node:http';

if (process.env.BREAK) throw new Error('broken on purpose');
createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://hello');
  if (searchParams.has('die')) process.exit(1);
  const sleepMs = Number(searchParams.get('sleep') ?? 0);
  setTimeout(() => response.end('hello\n'), sleepMs);
}).listen(process.env.PORT ?? 8080, () => {
  const startedMs = Math.round(performance.timeOrigin);
  console.log(JSON.stringify({ msg: 'listening', startedMs, listeningMs: Math.round(performance.now()) }));
});
process.on('SIGTERM', () => process.exit(0));
