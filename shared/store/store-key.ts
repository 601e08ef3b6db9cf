import { DarkroomError } from '#shared/errors/errors.ts';
import type { StoreKey } from './store.ts';

/** The folder of the folder driver's temporary files; no key lies in it. */
export const incomingFolder = '.incoming';

// eslint-disable-next-line no-control-regex
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Accepts a key that is valid in both drivers: segments separated by `/`, none of them empty, `.` or `..`; no control
 * character, no lone surrogate, at most 1,024 bytes of UTF-8, and not in `.incoming`.
 * @throws store/invalid-key
 */
export function parseStoreKey(text: string): StoreKey {
  const reason = findFault(text);
  if (reason !== undefined) throw new DarkroomError('store/invalid-key', `${JSON.stringify(text)} ${reason}`);
  return text;
}

/** True for keys that `parseStoreKey` accepts. */
export function isStoreKey(text: string): boolean {
  return findFault(text) === undefined;
}

/** True if a valid key can begin with `prefix`; under any other prefix nothing is listed. */
export function isStorePrefix(prefix: string): boolean {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  return folder === '' || isStoreKey(folder.slice(0, -1));
}

function findFault(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (Buffer.byteLength(text) > 1_024) return 'has more than 1,024 bytes';
  if (controlCharacter.test(text)) return 'has a control character';
  if (!text.isWellFormed()) return 'is not well-formed Unicode';
  const segments = text.split('/');
  if (segments.includes('')) return 'has an empty segment';
  if (segments.includes('.') || segments.includes('..')) return 'has a segment . or ..';
  if (segments[0]?.toLowerCase() === incomingFolder) return `lies in ${incomingFolder}`;
  return undefined;
}

/** Orders keys by their UTF-8 bytes, as S3 lists them; JavaScript's own order differs beyond U+FFFF. */
export function compareStoreKeys(left: StoreKey, right: StoreKey): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
