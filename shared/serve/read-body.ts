import type { IncomingMessage } from 'node:http';
import { DarkroomError } from '#shared/errors/errors.ts';

/** CloudEvents intermediaries must forward events up to 64 KiB; Darkroom's events are much smaller. */
export const maxBodyBytes = 1_048_576;

/** The body of an event's request, at most 1 MiB. @throws input/too-large */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = new DarkroomError('input/too-large', 'The event is larger than 1 MiB');
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBodyBytes) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
