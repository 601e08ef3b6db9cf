import { keepLease, type KeptLease } from '#shared/db/lease.ts';
import { keepScanRoot, releaseScanRoot, takeScanRoot, type ScanLease } from '#shared/scans/scan-root.ts';
import type { ScanRoot } from '#shared/db/tables.ts';
import { toDarkroomError } from '#shared/errors/errors.ts';
import type { ScanPorts } from './scan-ports.ts';

/** Another process scans the tree: this one writes nothing more about it. */
export class LeaseLost extends Error {}

/**
 * The lease of a tree, taken before the first write of a scan, so that a scan that finds nothing new writes nothing. It
 * is renewed until the claim is disposed.
 */
export class TreeClaim implements AsyncDisposable {
  readonly #ports: ScanPorts;
  readonly #root: ScanRoot;
  readonly #seconds: number;
  #lease: ScanLease | undefined;
  #renewal: KeptLease | undefined;

  /** `root` is the row of the tree as the scan found it. */
  constructor(ports: ScanPorts, root: ScanRoot, seconds: number) {
    this.#ports = ports;
    this.#root = root;
    this.#seconds = seconds;
  }

  get isTaken(): boolean {
    return this.#lease !== undefined;
  }

  /** @throws LeaseLost if another process has the lease, or had it since the row was read */
  async take(): Promise<ScanLease> {
    if (this.#lease !== undefined) return this.#lease;
    const { db, holder, log } = this.#ports;
    const taken = await takeScanRoot(db, this.#root.id, { holder, seconds: this.#seconds });
    if (taken === undefined) throw new LeaseLost();
    const lease = { rootId: taken.id, fence: taken.fence, seconds: this.#seconds };
    this.#lease = lease;
    this.#renewal = keepLease({
      seconds: this.#seconds,
      renew: () => keepScanRoot(db, lease),
      onError: (error) => log.warn({ err: toDarkroomError(error) }, 'the lease of a scan was not renewed'),
    });
    if (taken.fence !== this.#root.fence + 1) throw new LeaseLost();
    return this.#lease;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#renewal?.[Symbol.dispose]();
    if (this.#lease !== undefined) await releaseScanRoot(this.#ports.db, this.#lease).catch(() => {});
  }
}
