import { DarkroomError } from '#shared/errors/errors.ts';

/**
 * Up to this size an object is not counted, so that a sidecar can be copied beside an original that fills the budget.
 */
const smallBytes = 2 ** 20;

interface Waiting {
  bytes: number;
  go: () => void;
}

/** Limits the bytes of a bucket's objects that are copied to this computer at a time, first come first served. */
export class CopyBudget {
  private readonly bytesMax: number;
  private takenBytes = 0;
  private readonly waiting: Waiting[] = [];

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** Waits for room; the returned function releases it. @throws store/too-large for more than the whole budget */
  async take(bytes: number, key: string): Promise<() => void> {
    if (bytes <= smallBytes) return () => {};
    if (bytes > this.bytesMax) {
      const [needed, most] = [bytes, this.bytesMax].map((it) => Math.floor(it / 2 ** 20));
      throw new DarkroomError('store/too-large', `${key} takes ${needed} MiB, and at most ${most} MiB are copied`);
    }
    if (this.waiting.length > 0 || this.takenBytes + bytes > this.bytesMax) {
      const { promise, resolve: go } = Promise.withResolvers<void>();
      this.waiting.push({ bytes, go });
      await promise;
    } else {
      this.takenBytes += bytes;
    }
    let isTaken = true;
    return () => {
      if (isTaken) this.give(bytes);
      isTaken = false;
    };
  }

  private give(bytes: number): void {
    this.takenBytes -= bytes;
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (this.takenBytes + next.bytes > this.bytesMax) return;
      this.waiting.shift();
      this.takenBytes += next.bytes;
      next.go();
    }
  }
}
