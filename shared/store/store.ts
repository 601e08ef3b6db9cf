import type { Readable, Writable } from 'node:stream';

/** A relative path with `/`; `parseStoreKey` has its rules. */
export type StoreKey = string;

/** First and last byte of a range, both inclusive, as in HTTP. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Returns the parts of an object that are needed, in ascending order; undefined for the whole. Called only if the
 * object is copied.
 */
export type PickRanges = (object: {
  sizeBytes: number;
  read: (range: ByteRange) => Promise<Uint8Array>;
}) => Promise<readonly ByteRange[] | undefined>;

export interface ObjectInfo {
  key: StoreKey;
  sizeBytes: number;
  modifiedAt: Date;
  /** Changes when the content changes; its format depends on the driver. */
  version: string;
}

/**
 * An object that is being written. It is not visible under its key before `commit`; of several writers of one key the
 * last to commit wins. Disposing aborts, so `await using` leaves nothing behind when the caller throws.
 */
export interface StoreWriter extends AsyncDisposable {
  /** Applies back-pressure while the store is slower than the source. It fails with the errors of `commit`. */
  readonly stream: Writable;
  /**
   * Ends the stream, waits until every byte is durable and makes the object visible under its key, replacing the
   * previous one.
   * @throws store/full, store/unavailable, resource/conflict if the key was deleted meanwhile
   */
  commit(): Promise<void>;
  /** Discards what was written. Never throws; does nothing after a commit. */
  abort(): Promise<void>;
}

/** Holds originals and derivatives. Two drivers, one conformance suite (store.conformance.ts). */
export interface Store extends AsyncDisposable {
  readonly kind: 'folder' | 'minio';
  /** Starts an object under a temporary name. @throws store/invalid-key, store/full, store/unavailable */
  createWriter(key: StoreKey): Promise<StoreWriter>;
  /** Writes a small object at once, durably. @throws like createWriter and commit */
  put(key: StoreKey, bytes: Uint8Array): Promise<void>;
  /**
   * A range that ends beyond the object ends with it.
   * @throws store/not-found, range/not-satisfiable if it starts beyond the object, store/unavailable
   */
  read(key: StoreKey, range?: ByteRange): Promise<Readable>;
  /** undefined if there is no such object. */
  find(key: StoreKey): Promise<ObjectInfo | undefined>;
  /** Objects whose key starts with `prefix`, in ascending order of their UTF-8 bytes, after `startAfter` if given. Objects being written are not listed. */
  list(prefix: string, startAfter?: StoreKey): AsyncIterable<ObjectInfo>;
  /** Deletes the object and what writers of it that died left; does nothing if there is none. */
  delete(key: StoreKey): Promise<void>;
  /**
   * Deletes the object if it has this version, and returns whether it is gone. Another object under the key stays, even if
   * it is written meanwhile. Exception: in a bucket without versions, on a server without If-Match of DELETE (MinIO),
   * an object written between the two requests is deleted too.
   */
  deleteVersion(key: StoreKey, version: string): Promise<boolean>;
  /**
   * Removes unfinished objects that were not written to since `before`: leftovers of writers that died, whose keys may
   * never be deleted. Returns their number.
   */
  removeUnfinished(before: Date): Promise<number>;
  /**
   * A local path where the object's bytes can be read until the result is disposed: the file itself in the folder
   * driver (never write to it), a temporary copy in the MinIO driver. `pickRanges` may limit a copy to the parts that
   * are needed: the rest reads as zeros.
   * @throws store/not-found, store/unavailable, store/too-large for a copy larger than the copy budget
   */
  toLocalFile(key: StoreKey, pickRanges?: PickRanges): Promise<LocalFile>;
}

/** The store that Darkroom writes to, without external folders and watched buckets. */
export interface PrimaryStore extends Store {
  /** For log lines and messages: the path of the folder, the name of the bucket. */
  readonly label: string;
  /** Whether the folder or the bucket exists. @throws store/unavailable */
  exists(): Promise<boolean>;
  /**
   * Creates the folder, if its parent exists, with `library/` in it; or the bucket. Only for a store that no database
   * knows: nothing else creates them.
   * @throws store/unavailable
   */
  prepare(): Promise<void>;
  /** A cheap fingerprint that stays the same while the same folder is mounted; undefined for drivers that have none. */
  readPlace(): Promise<string | undefined>;
}

export interface LocalFile extends AsyncDisposable {
  readonly path: string;
}
