import { sql } from 'kysely';

/** SQL: the end of a lease that is taken or renewed now. */
export const leaseEnd = (seconds: number) => sql<Date>`now() + make_interval(secs => ${seconds})`;

/** SQL that is true of a row whose lease has run out. */
export const isExpired = sql<boolean>`"leaseUntil" < now()`;

/** SQL that is true of a row whose lease can be taken. */
export const isFree = sql<boolean>`("leaseUntil" is null or ${isExpired})`;

/** The columns of a row without a lease. */
export const noLease = { holder: null, leaseUntil: null } as const;

export interface KeptLease extends Disposable {
  /** Aborts when a renewal finds that another process has the lease. */
  readonly signal: AbortSignal;
}

export interface LeaseRenewal {
  seconds: number;
  /** How many times the lease is renewed before it would run out. */
  renewalsPerLease?: number;
  /** Returns false if the lease is lost. */
  renew: () => Promise<boolean>;
  /** Called when a renewal fails; the next one may succeed in time. */
  onError: (error: unknown) => void;
}

/** Renews a lease until the result is disposed. */
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
