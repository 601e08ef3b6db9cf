// The least that a server can do with an upload: parse the form, hash, write, fsync. Prints its port.
import { createHash, randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';

const folder = process.argv[2] ?? '';

async function keep(bytes: Readable): Promise<void> {
  const hash = createHash('sha1');
  const file = await open(join(folder, randomUUID()), 'w');
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    hash.update(chunk);
    await file.write(chunk);
  }
  await file.sync();
  await file.close();
  hash.digest();
}

const server = createServer((request, response) => {
  const form = new Busboy({ headers: request.headers as { 'content-type': string } });
  form.on('file', (_name, bytes) => {
    void keep(bytes).then(() => response.writeHead(201).end());
  });
  request.pipe(form);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
