/** Collects up to `sizeBytes`. It grows as it fills, so that a small object takes little memory. */
export class PartBuffer {
  readonly sizeBytes: number;
  private memory: Buffer;
  private length = 0;

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
    this.memory = Buffer.allocUnsafeSlow(Math.min(sizeBytes, 64 * 1024));
  }

  get bytes(): Buffer {
    return this.memory.subarray(0, this.length);
  }

  get isFull(): boolean {
    return this.length === this.sizeBytes;
  }

  /** Appends as many bytes as fit and returns the rest. */
  add(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, this.sizeBytes - this.length);
    this.reserve(this.length + taken.length);
    this.memory.set(taken, this.length);
    this.length += taken.length;
    return chunk.subarray(taken.length);
  }

  clear(): void {
    this.length = 0;
  }

  private reserve(neededBytes: number): void {
    if (neededBytes <= this.memory.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.min(this.sizeBytes, Math.max(neededBytes, this.memory.length * 4)));
    grown.set(this.bytes);
    this.memory = grown;
  }
}
