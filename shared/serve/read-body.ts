import type { IncomingMessage } from 'node:http';
import { DarkroomError } from '#shared/errors/errors.ts';

/** CloudEvents intermediaries pass 64 KiB; nothing that Darkroom sends comes near it. */
export const maxBodyBytes = 1_048_576;

/** The body of an event's request, at most 1 MiB. @throws input/too-large */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = new DarkroomError('input/too-large', 'An event has at most 1 MiB');
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
