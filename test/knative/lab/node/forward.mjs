// Forwards every request to FORWARD_TO: a Knative Service with its own concurrency whose responses a test controls.
import { createServer, request } from 'node:http';

createServer((incoming, answer) => {
  const { method, headers } = incoming;
  const forwarded = request(process.env.FORWARD_TO, { method, headers }, (response) => {
    answer.writeHead(response.statusCode, response.headers);
    response.pipe(answer);
  });
  forwarded.on('error', () => answer.destroy());
  incoming.pipe(forwarded);
}).listen(process.env.PORT ?? 8080);
process.on('SIGTERM', () => process.exit(0));
