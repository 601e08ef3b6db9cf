import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { DarkroomError } from '#shared/errors/errors.ts';

export interface UploadForm {
  readonly fields: ReadonlyMap<string, string>;
  readonly sidecar: Buffer | undefined;
}

/** Consumes the stream of `assetData`. `fields` contains the fields before it. */
export type TakeAsset = (bytes: Readable, fileName: string, fields: ReadonlyMap<string, string>) => Promise<void>;

const sidecarBytesMax = 10 * 1024 * 1024;
const idleMs = 5 * 60_000;
/** The buffer on each side of the parser. Larger buffers live longer and make garbage collection expensive. */
const waitingBytes = 64 * 1024;
const limits = { files: 8, fields: 64, fieldSize: 1024 * 1024, headerPairs: 64, fieldNameSize: 256 };

/**
 * Parses the form of an upload as a stream; fields may come before or after the file. After an error the rest of the body
 * is discarded, so that the client receives the error response.
 * @throws input/invalid unless the form is well-formed and has exactly one complete file
 */
export async function readUploadForm(request: IncomingMessage, takeAsset: TakeAsset): Promise<UploadForm> {
  const fields = new Map<string, string>();
  const streams = new Set<Readable>();
  const work: Promise<unknown>[] = [];
  const { promise: parsed, resolve, reject } = Promise.withResolvers<void>();
  const seen = new Set<string>();
  let sidecar: Buffer | undefined;

  const parser = openParser(request);
  const idle = setTimeout(() => reject(new DarkroomError('input/invalid', 'The upload stopped')), idleMs);
  const take = (task: Promise<unknown>) => {
    task.catch(reject);
    work.push(task);
  };
  parser.on('field', (name, value, _nameTruncated, valueTruncated) => {
    if (valueTruncated) reject(new DarkroomError('input/too-large', `The field ${name} is too long`));
    fields.set(name, value);
  });
  parser.on('file', (name, stream, fileName) => {
    streams.add(stream);
    // A stream error without a listener ends the process. The reader of the stream gets the error too and reports it.
    stream.on('error', () => {});
    const isSecond = seen.has(name);
    seen.add(name);
    if (isSecond) reject(new DarkroomError('input/invalid', `An upload has one file in ${name}`));
    else if (name === 'assetData') return take(takeAsset(stream, decodeFileName(fileName ?? ''), fields));
    else if (name === 'sidecarData') return take(collect(stream, sidecarBytesMax).then((bytes) => (sidecar = bytes)));
    else reject(new DarkroomError('input/invalid', `An upload has no file part ${name}`));
    stream.resume();
  });
  parser.on('error', (cause) =>
    reject(new DarkroomError('input/invalid', 'The form is broken or was cut off', { cause })),
  );
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => reject(new DarkroomError('input/invalid', 'The form has too many parts')));
  parser.on('finish', resolve);
  request.on('data', () => idle.refresh());
  request.on('close', () => {
    if (!request.complete) reject(new DarkroomError('input/invalid', 'The upload was cut off'));
  });
  request.on('error', (cause) => reject(new DarkroomError('input/invalid', 'The upload was cut off', { cause })));
  request.pipe(parser);

  try {
    await parsed;
    await Promise.all(work);
    if (!seen.has('assetData')) throw new DarkroomError('input/invalid', 'An upload needs a file in assetData');
    return { fields, sidecar };
  } catch (error) {
    request.unpipe(parser);
    request.resume();
    for (const stream of streams) stream.destroy(error instanceof Error ? error : undefined);
    await Promise.allSettled(work);
    throw error;
  } finally {
    clearTimeout(idle);
  }
}

function openParser(request: IncomingMessage) {
  const contentType = request.headers['content-type'];
  if (contentType === undefined) throw new DarkroomError('input/unsupported-type', 'An upload is multipart/form-data');
  try {
    const headers = { ...request.headers, 'content-type': contentType };
    return new Busboy({ headers, limits, highWaterMark: waitingBytes, fileHwm: waitingBytes });
  } catch (cause) {
    throw new DarkroomError('input/unsupported-type', 'An upload is multipart/form-data with a boundary', { cause });
  }
}

/** Decodes the three escapes of the standard; `%` itself is not escaped. @see HTML Standard, 4.10.21.8, escape a multipart/form-data name */
const decodeFileName = (name: string) =>
  name.replaceAll(/%(?:22|0D|0A)/gi, (escaped) => String.fromCharCode(Number.parseInt(escaped.slice(1), 16)));

async function collect(stream: Readable, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) throw new DarkroomError('input/too-large', `A sidecar is at most ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
