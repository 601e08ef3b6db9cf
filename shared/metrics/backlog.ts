/** What waits in the database, whoever has written it. */
export interface Backlog {
  /** Events that wait to be sent, or to be acknowledged. */
  outboxWaiting: number;
  /** Age of the oldest of them, 0 without any. */
  outboxAgeSeconds: number;
  /** Letters that were neither redriven nor discarded. */
  deadLetters: number;
  /** Assets by stage and state; those that are done are not counted. */
  stages: readonly { stage: string; state: string; count: number }[];
}
