/** The content of a file in memory; grows by doubling. */
export class FileContent {
  private memory: Buffer;
  private length: number;

  constructor(content: Uint8Array) {
    this.memory = Buffer.from(content);
    this.length = content.length;
  }

  get bytes(): Buffer {
    return this.memory.subarray(0, this.length);
  }

  write(position: number, bytes: Uint8Array): void {
    if (position + bytes.length > this.length) this.resize(position + bytes.length);
    this.memory.set(bytes, position);
  }

  resize(sizeBytes: number): void {
    if (sizeBytes > this.memory.length) {
      const memory = Buffer.alloc(Math.max(sizeBytes, this.memory.length * 2));
      memory.set(this.bytes);
      this.memory = memory;
    }
    if (sizeBytes < this.length) this.memory.fill(0, sizeBytes, this.length);
    this.length = sizeBytes;
  }
}
