import { createHash } from 'node:crypto';
import type { Asset } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { isUploadKey } from '#shared/store/asset-keys.ts';

/** A SHA-1 as clients send it: 40 hex digits or 28 characters of base64; undefined if there is none. @throws input/invalid */
export function parseChecksum(text: string | string[] | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  if (typeof text === 'string') {
    if (/^[\da-f]{40}$/i.test(text)) return Buffer.from(text, 'hex');
    if (/^[\w+/-]{27}=$/.test(text)) return Buffer.from(text, 'base64');
  }
  throw new DarkroomError('input/invalid', 'A checksum is a SHA-1 in hex or base64');
}

/**
 * The checksum as clients see it. Of a file that is merely watched it is one of its path, as upstream has it for a
 * library's: a phone that finds the checksum of its photo here takes the photo for backed up, and somebody else's file is
 * not Darkroom's to keep.
 */
export function serializeChecksum({ checksum, originalPath }: Pick<Asset, 'checksum' | 'originalPath'>): string {
  return isUploadKey(originalPath)
    ? checksum.toString('base64')
    : createHash('sha1').update(`path:${originalPath}`).digest('base64');
}
