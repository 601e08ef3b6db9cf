import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';

/** True for an error of the operating system with one of these codes. */
export function isSystemError(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

/** Translates an error of the file system about `key`. Unknown errors become `store/unavailable`. */
export function toFolderError(error: unknown, key: string): DarkroomError {
  if (isDarkroomError(error)) return error;
  const cause = { cause: error };
  if (isSystemError(error, 'ENOSPC', 'EDQUOT')) {
    return new DarkroomError('store/full', `No space is left for ${key}`, cause);
  }
  if (isSystemError(error, 'ENOENT')) return new DarkroomError('store/not-found', `There is no ${key}`, cause);
  if (isSystemError(error, 'ENAMETOOLONG', 'EILSEQ')) {
    return new DarkroomError('store/invalid-key', `The file system cannot hold the name ${key}`, cause);
  }
  if (isSystemError(error, 'ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'EEXIST')) {
    return new DarkroomError('store/invalid-key', `${key} is both a file and a folder`, cause);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new DarkroomError('store/unavailable', `The store cannot be used: ${reason}`, cause);
}
