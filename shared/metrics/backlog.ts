/** Waiting work in the database, of all processes. */
export interface Backlog {
  /** Events that wait to be sent, or to be acknowledged. */
  outboxWaiting: number;
  /** Age of the oldest of them, 0 without any. */
  outboxAgeSeconds: number;
  /** Letters that were neither redriven nor discarded. */
  deadLetters: number;
  /** Assets by stage and state, without done ones. */
  stages: readonly { stage: string; state: string; count: number }[];
}
