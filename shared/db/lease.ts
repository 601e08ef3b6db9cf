import { sql } from 'kysely';

/** SQL: when a lease runs out that is taken or renewed now. */
export const leaseEnd = (seconds: number) => sql<Date>`now() + make_interval(secs => ${seconds})`;

/** SQL that is true of a row whose holder has not renewed its lease in time. */
export const isExpired = sql<boolean>`"leaseUntil" < now()`;

/** SQL that is true of a row that may be taken. */
export const isFree = sql<boolean>`("leaseUntil" is null or ${isExpired})`;

/** What ends a lease in a row. */
export const noLease = { holder: null, leaseUntil: null } as const;

export interface KeptLease extends Disposable {
  /** Aborts when a renewal finds that another process has the lease. */
  readonly signal: AbortSignal;
}

export interface LeaseRenewal {
  seconds: number;
  /** How often it is renewed before it would run out. */
  renewalsPerLease?: number;
  /** False if the lease is lost. */
  renew: () => Promise<boolean>;
  /** Hears of a renewal that failed; the next one may succeed in time. */
  onError: (error: unknown) => void;
}

/** Renews a lease until it is disposed. */
export function keepLease({ seconds, renewalsPerLease = 3, renew, onError }: LeaseRenewal): KeptLease {
  const lost = new AbortController();
  const renewOnce = async () => {
    try {
      if (!(await renew())) lost.abort();
    } catch (error) {
      onError(error);
    }
  };
  const timer = setInterval(() => void renewOnce(), (seconds * 1000) / renewalsPerLease);
  return { signal: lost.signal, [Symbol.dispose]: () => clearInterval(timer) };
}
