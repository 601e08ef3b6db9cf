import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HostDoor extends Disposable {
  readonly url: string;
}

/** A loopback proxy to `target` with another host name, since fetch always sends the host name of its URL. */
export async function openHostDoor(target: string, host: string): Promise<HostDoor> {
  const server = createServer((incoming, answer) => {
    const { method, url, headers } = incoming;
    const forwarded = request(
      new URL(url ?? '/', target),
      { method, headers: { ...headers, host }, setHost: false },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      },
    );
    forwarded.on('error', (error) => answer.destroy(error));
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
