import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DarkroomError } from '#shared/errors/errors.ts';

export const bodyBytesMax = 10 * 1024 * 1024;
const depthMax = 64;

/** Parses bodies: JSON up to 10 MB, and forms for the one route that accepts them. Upload handlers stream their body. */
export function addBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    refuseEncodings(request);
    return body.length === 0 ? undefined : parseJson(body);
  });
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      refuseEncodings(request);
      return Object.fromEntries(new URLSearchParams(decode(body)));
    },
  );
  app.addContentTypeParser('multipart/form-data', async (request: FastifyRequest) => refuseEncodings(request));
}

/** Rejects compressed bodies, which could be decompression bombs. */
function refuseEncodings({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new DarkroomError('input/unsupported-type', 'Bodies are sent as they are');
  const charset = /charset="?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    throw new DarkroomError('input/unsupported-type', 'Bodies are UTF-8');
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(decode(body));
  } catch (cause) {
    throw new DarkroomError('input/invalid', 'The body is not JSON', { cause });
  }
}

function decode(body: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(body);
}

/** Rejects strings with NUL, which PostgreSQL cannot store, and too deep nesting. @throws input/invalid */
export function refuseUnstorable(value: unknown): void {
  const waiting: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.value === 'string' && next.value.includes('\0'))
      throw new DarkroomError('input/invalid', 'A text has a NUL character');
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > depthMax) throw new DarkroomError('input/invalid', 'The input is nested too deep');
    for (const [name, inner] of Object.entries(next.value)) {
      waiting.push({ value: name, depth: next.depth + 1 }, { value: inner, depth: next.depth + 1 });
    }
  }
}
