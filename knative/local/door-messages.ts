/** What the door tells the app. A `connection` comes with its socket. */
export type DoorMessage =
  | { type: 'connection'; id: number }
  | { type: 'sleep' }
  /** Something has changed in these folders of the library. */
  | { type: 'changed'; folders: string[] };

/** What the app tells the door. */
export type AppMessage =
  /** It takes connections now. */
  | { type: 'ready' }
  /** It can't start and ends; `retry` says whether trying again can help. */
  | { type: 'failed'; code: string; message: string; retry: boolean }
  /** It has read from the connection, or seen it closed: nobody else can serve it any more. */
  | { type: 'taken'; id: number }
  /**
   * It has had nothing to do for its time; `received` counts the connections and changes that it was told of. It is to be
   * woken at `wakeAtMs`, and at `scanAtMs` unless every change in the library is told.
   */
  | { type: 'idle'; received: number; wakeAtMs: number | null; scanAtMs: number | null };
