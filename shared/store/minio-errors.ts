import { DarkroomError, type ErrorCode, isDarkroomError } from '#shared/errors/errors.ts';

/** @see the S3 API's list of error codes, and cmd/api-errors.go of MinIO for those with X */
const codes: Record<string, ErrorCode> = {
  NoSuchKey: 'store/not-found',
  NotFound: 'store/not-found',
  InvalidRange: 'range/not-satisfiable',
  NoSuchUpload: 'resource/conflict',
  KeyTooLongError: 'store/invalid-key',
  XMinioInvalidObjectName: 'store/invalid-key',
  XMinioObjectExistsAsDirectory: 'store/invalid-key',
  XMinioParentIsObject: 'store/invalid-key',
  XMinioStorageFull: 'store/full',
  XMinioAdminBucketQuotaExceeded: 'store/full',
  InsufficientStorage: 'store/full',
  QuotaExceeded: 'store/full',
  EntityTooLarge: 'input/too-large',
};

/** Translates an error of the object store about `key`. Unknown errors become `store/unavailable`. */
export function toMinioError(error: unknown, key: string): DarkroomError {
  if (isDarkroomError(error)) return error;
  const name = findS3Code(error);
  const code = (name === undefined ? undefined : codes[name]) ?? 'store/unavailable';
  const reason = error instanceof Error ? error.message || name : String(error);
  return new DarkroomError(code, `${key}: ${reason ?? 'the object store did not say why'}`, { cause: error });
}

/** The error code of an S3 answer; undefined for other errors. */
export function findS3Code(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
