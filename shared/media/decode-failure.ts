import { createReadStream } from 'node:fs';
import { isNativeError } from 'node:util/types';
import { DarkroomError } from '#shared/errors/errors.ts';

/** True if sharp ended a pipeline because its `timeout` had passed. */
export function isSharpTimeout(error: unknown): boolean {
  return isNativeError(error) && /^timeout: \d+%/.test(error.message);
}

/**
 * Translates a failure of sharp on the file at `source`: `media/undecodable` if the file can be read to its end, else
 * the error of reading it, since an unavailable store is not a fault of the picture.
 */
export async function explainDecodeFailure(source: string, error: unknown): Promise<unknown> {
  if (error instanceof DarkroomError) return error;
  try {
    for await (const chunk of createReadStream(source)) void chunk;
  } catch (readError) {
    return readError;
  }
  if (!isNativeError(error) || /out of memory|unable to (malloc|create thread)/i.test(error.message)) return error;
  return new DarkroomError('media/undecodable', `The picture cannot be decoded: ${toReason(error.message, source)}`, {
    cause: error,
  });
}

function toReason(message: string, source: string): string {
  return message.replaceAll(source, 'the file').replace(/\s+/g, ' ').trim().slice(0, 300);
}
