// What a cold start of a bare Node server costs: the measure for everybody else's.
import { createServer } from 'node:http';

createServer((_, response) => response.end('hello\n')).listen(process.env.PORT ?? 8080, () => {
  const startedMs = Math.round(performance.timeOrigin);
  console.log(JSON.stringify({ msg: 'listening', startedMs, listeningMs: Math.round(performance.now()) }));
});
process.on('SIGTERM', () => process.exit(0));
