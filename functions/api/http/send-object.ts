import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import type { Store, StoreKey, ObjectInfo } from '#shared/store/store.ts';
import { parseByteRange } from './byte-range.ts';

export interface ObjectToSend {
  key: StoreKey;
  mimeType: string;
  fileName: string;
}

const cacheControl = 'private, max-age=86400, no-transform, stale-while-revalidate=2592000, stale-if-error=2592000';

/**
 * Sends an object of the store with its validators, whole or in part.
 * @throws store/not-found, range/not-satisfiable, precondition/failed
 * @see RFC 9110, sections 13 and 14
 */
export async function sendObject(
  store: Pick<Store, 'find' | 'read'>,
  request: FastifyRequest,
  reply: FastifyReply,
  { key, mimeType, fileName }: ObjectToSend,
): Promise<void> {
  const object = await store.find(key);
  if (object === undefined) throw new DarkroomError('store/not-found', 'Asset media not found');
  const etag = `"${Buffer.from(object.version).toString('base64url')}"`;
  reply.headers({
    'cache-control': cacheControl,
    'accept-ranges': 'bytes',
    etag,
    'last-modified': object.modifiedAt.toUTCString(),
  });
  const condition = evaluateConditions(request, object, etag);
  if (condition === 'failed') throw new DarkroomError('precondition/failed');
  if (condition === 'not-modified') {
    await reply.status(304).send();
    return;
  }
  reply.headers({
    'content-type': mimeType,
    'content-disposition': `inline; filename*=UTF-8''${encodeFileName(fileName)}`,
    // An SVG may contain scripts and links; the sandbox runs and loads none.
    'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
  });
  await sendBytes(store, request, reply, object, etag);
}

async function sendBytes(
  store: Pick<Store, 'read'>,
  request: FastifyRequest,
  reply: FastifyReply,
  object: ObjectInfo,
  etag: string,
): Promise<void> {
  const range = rangeOf(request, reply, object, etag);
  reply.header('content-length', range === undefined ? object.sizeBytes : range.end - range.start + 1);
  if (range !== undefined) {
    reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${object.sizeBytes}`);
  }
  // Without a body, Fastify would replace the content-length by 0.
  await reply.send(request.method === 'HEAD' ? Readable.from([]) : await store.read(object.key, range));
}

function rangeOf(request: FastifyRequest, reply: FastifyReply, object: ObjectInfo, etag: string) {
  const onlyIf = request.headers['if-range'];
  if (onlyIf !== undefined && onlyIf !== etag && onlyIf !== object.modifiedAt.toUTCString()) return undefined;
  try {
    return parseByteRange(request.headers.range, object.sizeBytes);
  } catch (error) {
    if (isDarkroomError(error, 'range/not-satisfiable')) reply.header('content-range', `bytes */${object.sizeBytes}`);
    throw error;
  }
}

function evaluateConditions(
  { headers }: FastifyRequest,
  object: ObjectInfo,
  etag: string,
): 'failed' | 'not-modified' | 'send' {
  const modifiedSeconds = Math.floor(object.modifiedAt.getTime() / 1000);
  const seconds = (date: string) => Date.parse(date) / 1000;
  if (headers['if-match'] !== undefined) {
    if (!matches(headers['if-match'], etag)) return 'failed';
  } else if (
    headers['if-unmodified-since'] !== undefined &&
    modifiedSeconds > seconds(headers['if-unmodified-since'])
  ) {
    return 'failed';
  }
  if (headers['if-none-match'] !== undefined) return matches(headers['if-none-match'], etag) ? 'not-modified' : 'send';
  const since = headers['if-modified-since'];
  return since !== undefined && modifiedSeconds <= seconds(since) ? 'not-modified' : 'send';
}

function matches(header: string, etag: string): boolean {
  return header.trim() === '*' || header.split(',').some((it) => it.trim().replace(/^W\//, '') === etag);
}

/** @see RFC 8187, section 3.2.1 */
function encodeFileName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
