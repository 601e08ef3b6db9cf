import { ZodError } from 'zod';
import { isInvalidInput } from '#shared/db/db-error.ts';
import { DarkroomError, errorTable, toDarkroomError } from '#shared/errors/errors.ts';

export interface ApiError {
  status: number;
  body: { message: string; errors?: unknown[] };
  /** The error to log for the administrator; undefined if the client is at fault. */
  fault: DarkroomError | undefined;
}

/** Any thrown value as the contract's error: `{message}` alone, or with the issues of a validation. Leaks no internals. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ZodError) {
    return {
      status: 400,
      body: { message: 'Validation failed', errors: thrown.issues.map(toIssue) },
      fault: undefined,
    };
  }
  const error = toDarkroomError(fromFastify(thrown) ?? thrown);
  if (error.code === 'internal') {
    if (isInvalidInput(error.cause)) return { status: 400, body: { message: 'The input is not valid' }, fault: error };
    return { status: 500, body: { message: 'Internal server error' }, fault: error };
  }
  if (error.status < 500 || error.code === 'operation/not-implemented') {
    return { status: error.status, body: { message: error.message }, fault: undefined };
  }
  return { status: error.status, body: { message: errorTable[error.code].title }, fault: error };
}

const toIssue = ({ code, path, message }: ZodError['issues'][number]) => ({ code, path, message });

/** Translates the error codes of Fastify. @see Fastify, Errors */
function fromFastify(thrown: unknown): DarkroomError | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  if (!thrown.code.startsWith('FST_')) return undefined;
  const options = { cause: thrown };
  switch (thrown.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new DarkroomError('input/too-large', 'The body is too large', options);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new DarkroomError('input/unsupported-type', 'The media type of the body is not supported', options);
    case 'FST_ERR_NOT_FOUND':
      return new DarkroomError('resource/not-found', undefined, options);
    default:
      return 'statusCode' in thrown && Number(thrown.statusCode) < 500
        ? new DarkroomError('input/invalid', 'The request is not valid', options)
        : undefined;
  }
}
