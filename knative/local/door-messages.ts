/** What the door tells the app. A `connection` comes with its socket. */
export type DoorMessage = { type: 'connection'; id: number } | { type: 'sleep' };

/** What the app tells the door. */
export type AppMessage =
  /** It takes connections now. */
  | { type: 'ready' }
  /** It can't start and ends; `retry` says whether trying again can help. */
  | { type: 'failed'; code: string; message: string; retry: boolean }
  /** It has read from the connection, or seen it closed: nobody else can serve it any more. */
  | { type: 'taken'; id: number }
  /** It has had nothing to do for its time; `received` counts the connections that it was given. */
  | { type: 'idle'; received: number; wakeAtMs: number | null };
