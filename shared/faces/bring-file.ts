import { createWriteStream } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DarkroomError } from '#shared/errors/errors.ts';

/**
 * Copies the file `name` from a folder, or from below an http(s) URL, to the path `to`.
 * @throws faces/models-missing if the server has no such file; errors of a folder and of the network are not translated
 */
export async function bringFile(source: string, name: string, to: string, signal?: AbortSignal): Promise<void> {
  if (!/^https?:\/\//i.test(source)) return copyFile(join(source, name), to);
  const url = `${source.replace(/\/+$/, '')}/${name}`;
  const response = await fetch(url, signal === undefined ? {} : { signal });
  // A server that requires a login may answer with an HTML page and status 200.
  const isPage = /^text\//i.test(response.headers.get('content-type') ?? '');
  if (!response.ok || isPage || response.body === null) {
    await response.body?.cancel();
    const answer = isPage ? 'a page' : String(response.status);
    throw new DarkroomError('faces/models-missing', `${url} was answered with ${answer}`);
  }
  await pipeline(Readable.fromWeb(response.body), createWriteStream(to), signal === undefined ? {} : { signal });
}
