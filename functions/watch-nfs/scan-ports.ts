import type { Db } from '#shared/db/db.ts';
import type { Log } from '#shared/log/log.ts';
import type { Relay } from '#shared/pipeline/relay.ts';

export interface ScanPorts {
  db: Db;
  log: Log;
  relay: Pick<Relay, 'kick'>;
  /** Names this process in leases. */
  holder: string;
  /** Milliseconds since 1970. */
  now: () => number;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface ScanLimits {
  /** How long a file must have stayed the same before it is reported. */
  settleMs: number;
  /** How long a file must have been missing before it is reported as removed. */
  missingMs: number;
  /** How many full scans must not have found a file before it is reported as removed. */
  missingScans: number;
  /** How long after a change a folder may change again without a trace. */
  racyMs: number;
  /** Longest time without progress of the file system. */
  deadlineMs: number;
  leaseSeconds: number;
  /** About how many files are looked at and recorded in one transaction. */
  filesPerStep: number;
}

export const usualLimits: ScanLimits = {
  settleMs: 10_000,
  missingMs: 24 * 60 * 60 * 1000,
  missingScans: 2,
  racyMs: 120_000,
  deadlineMs: 120_000,
  leaseSeconds: 60,
  filesPerStep: 4_000,
};
