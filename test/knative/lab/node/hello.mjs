// A bare Node server, the baseline of cold starts. ?sleep=MS delays a response, ?die ends the process, BREAK ends it at its
// start.
import { createServer } from 'node:http';

if (process.env.BREAK) throw new Error('broken on purpose');
let listeningMs;
const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://hello');
  if (searchParams.has('die')) process.exit(1);
  const sleepMs = Number(searchParams.get('sleep') ?? 0);
  setTimeout(() => response.end('hello\n'), sleepMs);
}).listen(process.env.PORT ?? 8080, () => (listeningMs = performance.now()));
server.once('request', (_, response) => {
  const requestMs = performance.now();
  response.once('close', () => {
    const { user, system } = process.cpuUsage();
    const times = { listeningMs, requestMs, answeredMs: performance.now(), cpuMs: (user + system) / 1000 };
    console.log(JSON.stringify({ time: new Date().toISOString(), msg: 'first answer', ...times }));
  });
});
process.on('SIGTERM', () => process.exit(0));
