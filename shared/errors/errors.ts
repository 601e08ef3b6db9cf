/** All error codes of Darkroom. `status` is the HTTP status, `retry` is true if a retry can succeed. */
export const errorTable = {
  'input/invalid': { status: 400, retry: false, title: 'The input is not valid' },
  'input/method': { status: 405, retry: false, title: 'The method is not allowed' },
  'input/too-large': { status: 413, retry: false, title: 'The input is too large' },
  'input/unsupported-type': { status: 415, retry: false, title: 'The media type is not supported' },
  'auth/required': { status: 401, retry: false, title: 'Authentication required' },
  'auth/invalid': { status: 401, retry: false, title: 'The credentials are not valid' },
  'auth/forbidden': { status: 403, retry: false, title: 'Forbidden' },
  'access/denied': { status: 400, retry: false, title: 'Not found or no access' },
  'resource/not-found': { status: 404, retry: false, title: 'Not found' },
  'resource/conflict': { status: 409, retry: true, title: 'The resource changed meanwhile' },
  'operation/not-implemented': { status: 501, retry: false, title: 'Not implemented yet' },
  'quota/exceeded': { status: 400, retry: false, title: 'Quota has been exceeded!' },
  'range/not-satisfiable': { status: 416, retry: false, title: 'The range cannot be served' },
  'precondition/failed': { status: 412, retry: false, title: 'Precondition failed' },
  'event/invalid': { status: 400, retry: false, title: 'Not a CloudEvent of the catalogue' },
  'webhook/closed': { status: 503, retry: true, title: 'No token for notifications is configured' },
  'event/not-accepted': { status: 503, retry: true, title: 'The broker did not accept the event' },
  'stage/busy': { status: 409, retry: true, title: 'Another attempt holds the lease' },
  overloaded: { status: 429, retry: true, title: 'Too many requests' },
  'db/unavailable': { status: 503, retry: true, title: 'The database is not available' },
  'db/schema-newer': { status: 503, retry: false, title: 'The database has a newer schema than this version knows' },
  'db/schema-older': { status: 503, retry: true, title: 'The database has not been migrated yet' },
  'store/unavailable': { status: 503, retry: true, title: 'The store is not available' },
  'store/full': { status: 507, retry: true, title: 'The store is full' },
  'store/not-found': { status: 404, retry: false, title: 'The object is not in the store' },
  'store/too-large': { status: 422, retry: false, title: 'The object is too large to be copied' },
  'store/changing': { status: 503, retry: true, title: 'The file changes while it is read' },
  'store/read-only': { status: 400, retry: false, title: 'Darkroom may not write there' },
  'store/no-target': { status: 500, retry: false, title: 'The object store has no such notification target' },
  'store/invalid-key': { status: 400, retry: false, title: 'Not a valid store key' },
  'media/undecodable': { status: 422, retry: false, title: 'The picture cannot be decoded' },
  'media/too-large': { status: 422, retry: false, title: 'The picture has too many pixels' },
  'media/timeout': { status: 422, retry: false, title: 'Decoding took too long' },
  'media/unsupported': { status: 422, retry: false, title: 'The format is not supported yet' },
  'faces/models-missing': { status: 503, retry: true, title: 'The face models are not available' },
  'cluster/unreachable': { status: 503, retry: true, title: 'The cluster does not answer' },
  'config/invalid': { status: 500, retry: false, title: 'The configuration is not valid' },
  'data/locked': { status: 503, retry: true, title: 'The data folder is in use by another process' },
  internal: { status: 500, retry: true, title: 'Internal error' },
} as const satisfies Record<string, { status: number; retry: boolean; title: string }>;

export type ErrorCode = keyof typeof errorTable;

/** The one error class of Darkroom. `message` is for people; `code` is stable and listed in `errorTable`. */
export class DarkroomError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message?: string, options?: ErrorOptions) {
    super(message ?? errorTable[code].title, options);
    this.name = 'DarkroomError';
    this.code = code;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get retry(): boolean {
    return errorTable[this.code].retry;
  }
}

/** True if `error` is a DarkroomError, of one of `codes` if any are given. */
export function isDarkroomError(error: unknown, ...codes: ErrorCode[]): error is DarkroomError {
  return error instanceof DarkroomError && (codes.length === 0 || codes.includes(error.code));
}

/** Converts any thrown value to a DarkroomError: foreign ones become `internal` with the original as cause. */
export function toDarkroomError(error: unknown): DarkroomError {
  if (error instanceof DarkroomError) return error;
  return new DarkroomError('internal', error instanceof Error ? error.message : String(error), { cause: error });
}

/** @see RFC 9457, Problem Details for HTTP APIs */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  retry: boolean;
}

/**
 * The RFC 9457 document of a failed function, of at most 768 bytes; Knative stores it with the dead letter. A longer
 * one crashes the dispatcher of Knative's in-memory channel (seen with Eventing 0.50), which loses its events.
 * @see https://github.com/knative-extensions/eventing-natss/issues/434
 */
export function toProblem(error: unknown): Problem {
  const { code, status, retry, message } = toDarkroomError(error);
  const detail = shorten(message, 500);
  return { type: `urn:darkroom:error:${code}`, title: errorTable[code].title, status, detail, retry };
}

/** Truncates a text so that its JSON takes at most `sizeBytes`. */
function shorten(text: string, sizeBytes: number): string {
  let short = text;
  while (Buffer.byteLength(JSON.stringify(short)) > sizeBytes) short = `${short.slice(0, short.length * 0.9 - 1)}…`;
  return short;
}

/** The line printed by the command line. */
export function toLine(error: unknown): string {
  const { code, message } = toDarkroomError(error);
  return code === 'internal' ? `darkroom: ${message}` : `darkroom: ${message} (${code})`;
}
