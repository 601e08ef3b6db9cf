/** Messages from the door to the app. A `connection` comes with its socket. */
export type DoorMessage =
  | { type: 'connection'; id: number }
  | { type: 'sleep' }
  /** Files have changed in these folders of the library. */
  | { type: 'changed'; folders: string[] };

/** Messages from the app to the door. */
export type AppMessage =
  /** The app accepts connections. */
  | { type: 'ready' }
  /** The app cannot start and ends; `retry` says whether trying again can help. */
  | { type: 'failed'; code: string; message: string; retry: boolean }
  /** The app has read from the connection, or seen it closed: no other app can serve it any more. */
  | { type: 'taken'; id: number }
  /**
   * The app was idle for the configured time. `received` counts the connections and changes that it received. It must be
   * woken at `wakeAtMs`, and at `scanAtMs` unless all changes in the library are watched.
   */
  | { type: 'idle'; received: number; wakeAtMs: number | null; scanAtMs: number | null };
