import { createHash } from 'node:crypto';
import type { Asset } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { isUploadKey } from '#shared/store/asset-keys.ts';

/** Parses a SHA-1 as 40 hex digits or 28 characters of base64. @throws input/invalid */
export function parseChecksum(text: string | string[] | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  if (typeof text === 'string') {
    if (/^[\da-f]{40}$/i.test(text)) return Buffer.from(text, 'hex');
    if (/^[\w+/-]{27}=$/.test(text)) return Buffer.from(text, 'base64');
  }
  throw new DarkroomError('input/invalid', 'A checksum is a SHA-1 in hex or base64');
}

/**
 * The checksum for clients. For a watched file it is a hash of the path, as upstream has it for libraries: a phone that
 * finds the checksum of its photo considers the photo backed up, and Darkroom does not control watched files.
 */
export function serializeChecksum({ checksum, originalPath }: Pick<Asset, 'checksum' | 'originalPath'>): string {
  return isUploadKey(originalPath)
    ? checksum.toString('base64')
    : createHash('sha1').update(`path:${originalPath}`).digest('base64');
}
