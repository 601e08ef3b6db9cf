import { DarkroomError } from '#shared/errors/errors.ts';

const unavailableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  '58030',
  '53100',
  '25006',
]);
const unavailableMessages = [
  /connection terminated/i,
  /timeout exceeded when trying to connect/i,
  /query read timeout/i,
  /client has encountered a connection error/i,
  /connection (?:was )?closed/i,
  /PGlite (?:instance )?is (?:already )?clos/i,
];

/**
 * Translates a driver's error to `db/unavailable` if the database is unreachable, shutting down or full; returns any
 * other unchanged.
 * @see PostgreSQL documentation, appendix A
 */
export function translateDbError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DarkroomError) return error;
  const causes = error instanceof AggregateError ? [error, ...(error.errors as unknown[])] : [error];
  return causes.some(isUnavailable) ? new DarkroomError('db/unavailable', undefined, { cause: error }) : error;
}

function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = sqlState(error);
  return (code !== undefined && unavailableCodes.has(code)) || unavailableMessages.some((it) => it.test(error.message));
}

/** The five characters of SQLSTATE, or Node's code of a network error. */
function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** True if `error` is the violation of the unique index or constraint `name`. */
export function isUniqueViolation(error: unknown, name: string): boolean {
  return sqlState(error) === '23505' && (error as { constraint?: unknown }).constraint === name;
}

/** True if a row refers to one that does not exist (any more). */
export function isForeignKeyViolation(error: unknown): boolean {
  return sqlState(error) === '23503';
}

/** True for a deadlock or a serialization failure: the same transaction may be run again. */
export function isTransient(error: unknown): boolean {
  const code = sqlState(error);
  return code === '40P01' || code === '40001';
}

/** True if the database refused a value as invalid for its type (class 22): an error of the input. */
export function isInvalidInput(error: unknown): boolean {
  return sqlState(error)?.startsWith('22') ?? false;
}

/** The reason given by a statement that called the SQL function `refuse`; undefined for any other error. */
export function refusalOf(error: unknown): string | undefined {
  return error instanceof Error && sqlState(error) === 'DR001' ? error.message : undefined;
}
