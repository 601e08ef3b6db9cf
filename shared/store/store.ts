import type { Readable, Writable } from 'node:stream';

/** A relative path with `/`; its rules stand at `parseStoreKey`. */
export type StoreKey = string;

/** First and last byte of a range, both counted in, as in HTTP. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Which parts of an object are needed, in ascending order; undefined for the whole. Called only where it is copied. */
export type PickRanges = (object: {
  sizeBytes: number;
  read: (range: ByteRange) => Promise<Uint8Array>;
}) => Promise<readonly ByteRange[] | undefined>;

export interface StoredObject {
  key: StoreKey;
  sizeBytes: number;
  modifiedAt: Date;
  /** Changes when the content changes; its form is the driver's own. */
  etag: string;
}

/**
 * An object that is being written. Nothing is visible under its key before `commit`; of several writers of one key
 * the last to commit wins. Disposing of it is `abort`, so `await using` leaves nothing behind when the caller throws.
 */
export interface StoreWriter extends AsyncDisposable {
  /** Holds back while the store is slower than the source. Its errors are those of `commit`. */
  readonly stream: Writable;
  /**
   * Ends the stream, waits until every byte is durable and shows the object under its key, replacing what was there.
   * @throws store/full, store/unavailable, resource/conflict if the key was deleted meanwhile
   */
  commit(): Promise<void>;
  /** Forgets what was written, never throws, and does nothing after a commit. */
  abort(): Promise<void>;
}

/** Where originals and derived files live. Two drivers, one conformance suite (store.conformance.ts). */
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
  find(key: StoreKey): Promise<StoredObject | undefined>;
  /** Objects whose key starts with `prefix`, in ascending order of their UTF-8 bytes, after `startAfter` if given. Objects being written are not listed. */
  list(prefix: string, startAfter?: StoreKey): AsyncIterable<StoredObject>;
  /** Deletes the object and what a writer that died left of it; does nothing where there is none. */
  delete(key: StoreKey): Promise<void>;
  /**
   * Deletes the object if it is the one with this etag, and says whether it is gone. Another one that has taken its name,
   * be it while this runs, stays. In a bucket that keeps no versions, on a server that does not know If-Match of DELETE
   * (MinIO), one that is written between two requests goes too.
   */
  deleteVersion(key: StoreKey, etag: string): Promise<boolean>;
  /**
   * Removes what writers that died have left and no later `delete` of their key would: unfinished objects that were
   * not written to since `before`. Returns how many there were.
   */
  removeUnfinished(before: Date): Promise<number>;
  /**
   * A path on this computer where the object's bytes can be read for as long as the result is not disposed:
   * the file itself in the folder driver (never to be written), a temporary copy in the MinIO driver.
   * Of a copy `pickRanges` may say which parts are needed: the rest reads as zeros.
   * @throws store/not-found, store/unavailable, store/too-large for a copy that there is never room for
   */
  toLocalFile(key: StoreKey, pickRanges?: PickRanges): Promise<LocalFile>;
}

/** The store that Darkroom writes to, without what is read beside it. */
export interface PrimaryStore extends Store {
  /** Names it to people: the path of the folder, the name of the bucket. */
  readonly label: string;
  /** Whether the folder or the bucket is there. @throws store/unavailable */
  exists(): Promise<boolean>;
  /**
   * Makes the folder, in one that is there, with `library/` for people to find; or the bucket. Only for a store that no
   * database knows: nothing else ever makes them.
   * @throws store/unavailable
   */
  prepare(): Promise<void>;
  /** Stays the same as long as the place is the same one, and costs next to nothing; undefined where there is no such thing. */
  readPlace(): Promise<string | undefined>;
}

export interface LocalFile extends AsyncDisposable {
  readonly path: string;
}
