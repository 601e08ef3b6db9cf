import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

const boundary = 'darkroom-bench-5d1f0a7c';
const agent = new Agent({ keepAlive: true });

export interface UploadTarget {
  /** Where uploads are posted. */
  url: string;
  headers: Readonly<Record<string, string>>;
}

/** A form ready to be sent: a client that only pushes bytes takes little CPU from the server that is measured. */
export async function prepareForm(path: string): Promise<Buffer> {
  const { head, tail } = frameForm(basename(path));
  return Buffer.concat([head, await readFile(path), tail]);
}

/** Posts a prepared form. @throws when it is not answered 201 */
export async function postForm(target: UploadTarget, form: Buffer): Promise<void> {
  await post(target, form.length, [form]);
}

/** Posts a form whose file is `megabytes` of bytes that are made while they are sent. @throws when it is not answered 201 */
export async function postGenerated(target: UploadTarget, fileName: string, megabytes: number): Promise<void> {
  const { head, tail } = frameForm(fileName);
  const chunk = Buffer.alloc(1024 * 1024, 'a film of nothing at all ');
  const generate = function* () {
    yield head;
    for (let n = 0; n < megabytes; n += 1) {
      const numbered = Buffer.from(chunk);
      numbered.writeUInt32BE(n);
      yield numbered;
    }
    yield tail;
  };
  await post(target, head.length + megabytes * chunk.length + tail.length, generate());
}

async function post({ url, headers }: UploadTarget, lengthBytes: number, chunks: Iterable<Buffer>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const sending = request(
    url,
    {
      method: 'POST',
      agent,
      headers: {
        ...headers,
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': lengthBytes,
      },
    },
    (response) => {
      void text(response).then((body) => {
        if (response.statusCode === 201) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}: ${body}`));
      }, reject);
    },
  ).on('error', reject);
  await Promise.all([promise, pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 2 }), sending)]);
}

function frameForm(fileName: string): { head: Buffer; tail: Buffer } {
  const part = (name: string, more: string, content: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}`;
  const date = '2024-05-06T07:08:09.000Z';
  const head = [
    part('fileCreatedAt', '', `${date}\r\n`),
    part('fileModifiedAt', '', `${date}\r\n`),
    part('assetData', `; filename="${fileName}"\r\nContent-Type: application/octet-stream`, ''),
  ];
  return { head: Buffer.from(head.join('')), tail: Buffer.from(`\r\n--${boundary}--\r\n`) };
}
