import { pino } from 'pino';

export type Log = Pick<pino.Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error'> & {
  child: (bindings: Record<string, unknown>) => Log;
};

/** A logger that writes one JSON object a line to standard output; `level` is one of pino's. */
export function createLog(level: string, bindings: Record<string, unknown> = {}): Log {
  return pino({ level, base: bindings, timestamp: pino.stdTimeFunctions.isoTime });
}

/** A logger that writes nothing, for commands and tests. */
export const silentLog: Log = pino({ level: 'silent' });
