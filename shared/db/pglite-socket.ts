import { Duplex } from 'node:stream';
import type { PGlite } from '@electric-sql/pglite';
import type { PGliteFiles } from './pglite-files.ts';

/**
 * A connection to PostgreSQL whose server is PGlite in this process. All data written in one go is sent as one message
 * and answered by one, so that a query is one call into the database.
 * @see PostgreSQL documentation, Frontend/Backend Protocol
 */
export class PGliteSocket extends Duplex {
  private readonly pglite: Pick<PGlite, 'execProtocolRaw'>;
  private readonly files: PGliteFiles | undefined;

  constructor(pglite: Pick<PGlite, 'execProtocolRaw'>, files?: PGliteFiles) {
    super();
    this.pglite = pglite;
    this.files = files;
  }

  /** Methods of a network socket that the client calls; here they have no effect. */
  connect(): this {
    queueMicrotask(() => this.emit('connect'));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.exchange(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.exchange(Buffer.concat(chunks.map((it) => it.chunk)), done);
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  private exchange(message: Buffer, done: (error?: Error | null) => void): void {
    this.pglite.execProtocolRaw(message).then(
      (answer) => {
        // After a failed sync PostgreSQL panics without an answer.
        if (this.files?.failure !== undefined) return done(this.files.failure);
        if (answer.length > 0) this.push(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength));
        done();
      },
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  }
}
