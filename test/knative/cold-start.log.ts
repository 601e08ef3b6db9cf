import { z } from 'zod';
import { kubectl } from './kubectl.ts';

const startLine = z.object({
  /** Epoch milliseconds when the process began. */
  startedMs: z.number(),
  /** Milliseconds after that. */
  loadedMs: z.number().optional(),
  listeningMs: z.number(),
});

export type StartLine = z.output<typeof startLine>;

/** What the function itself says of its start, in a line of its log. */
export async function readStartLine(pod: string): Promise<StartLine | undefined> {
  const log = await kubectl(['logs', pod, '-c', 'user-container']).catch(() => '');
  for (const line of log.split('\n')) {
    if (!line.startsWith('{')) continue;
    const found = startLine.safeParse(JSON.parse(line));
    if (found.success) return found.data;
  }
  return undefined;
}
