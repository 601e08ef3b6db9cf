import { DarkroomError } from '#shared/errors/errors.ts';

/** A SHA-1 as clients send it: 40 hex digits or 28 characters of base64; undefined if there is none. @throws input/invalid */
export function parseChecksum(text: string | string[] | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  if (typeof text === 'string') {
    if (/^[\da-f]{40}$/i.test(text)) return Buffer.from(text, 'hex');
    if (/^[\w+/-]{27}=$/.test(text)) return Buffer.from(text, 'base64');
  }
  throw new DarkroomError('input/invalid', 'A checksum is a SHA-1 in hex or base64');
}
