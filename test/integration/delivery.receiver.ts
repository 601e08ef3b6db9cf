import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Answer, Delivery, Receiver } from './delivery.bench.ts';

/** A receiver on its own port of `host`, until the stack is disposed. */
export async function startReceiver(
  stack: AsyncDisposableStack,
  host = '127.0.0.1',
): Promise<{ receiver: Receiver; url: string }> {
  let deliveries: Delivery[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  let answer: (delivery: Delivery) => Answer | Promise<Answer> = () => ({ status: 204 });

  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const seen = deliveries;
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    const delivery = { headers: request.headers, body: await text(request), at: performance.now() };
    seen.push(delivery);
    const result = await answer(delivery);
    atOnce -= 1;
    if (result === 'cut') request.socket.destroy();
    else response.writeHead(result.status, result.headers).end(result.body);
  };
  const server = createServer((request, response) => void take(request, response)).listen(0, host);
  await once(server, 'listening');
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not on a port');
  const receiver: Receiver = {
    get deliveries() {
      return deliveries;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    answer(it) {
      answer = it;
      deliveries = [];
      mostAtOnce = 0;
    },
  };
  return { receiver, url: `http://${host}:${address.port}` };
}
