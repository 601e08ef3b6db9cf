import { z } from 'zod';
import { kubectl } from './kubectl.ts';

/** The log line of `watchColdStart` and of the bare server, in milliseconds since the process began. */
const firstAnswer = z.object({
  msg: z.literal('first answer'),
  time: z.iso.datetime(),
  nodeMs: z.number().optional(),
  openedMs: z.number().optional(),
  listeningMs: z.number(),
  readyMs: z.number().optional(),
  requestMs: z.number(),
  answeredMs: z.number(),
  cpuMs: z.number(),
});

export interface StartLine extends z.output<typeof firstAnswer> {
  /** Epoch milliseconds when the process began. */
  startedMs: number;
}

/** The times of a start, from the function's own log. */
export async function readStartLine(pod: string): Promise<StartLine | undefined> {
  const log = await kubectl(['logs', pod, '-c', 'user-container']).catch(() => '');
  for (const line of log.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { success, data } = firstAnswer.safeParse(JSON.parse(line));
    if (success) return { ...data, startedMs: Date.parse(data.time) - data.answeredMs };
  }
  return undefined;
}
