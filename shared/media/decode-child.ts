// The process that decodes one picture, see decode-apart.ts. It may run out of memory or break; nothing else is in it.
import { writeFileSync } from 'node:fs';
import { DarkroomError } from '#shared/errors/errors.ts';
import { decodeTasks, type DecodeMessage, type DecodeRequest } from './decode-tasks.ts';

const lookEveryMs = 10;

// Whoever ends the function ends this one by hanging up; until then its end would be taken for the picture's fault.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
offerToKernel();

process.once('message', (request: DecodeRequest) => {
  watchMemory(request.memoryBytesMax);
  say({ kind: 'started' });
  void decode(request).then(say);
});

async function decode({ task, args }: DecodeRequest): Promise<DecodeMessage> {
  try {
    const run = decodeTasks[task] as (...args: readonly unknown[]) => Promise<unknown>;
    return { kind: 'value', value: await run(...args) };
  } catch (error) {
    const { message, code = '' } = error as NodeJS.ErrnoException;
    return { kind: 'error', code, message, isDarkroom: error instanceof DarkroomError };
  }
}

function say(message: DecodeMessage): void {
  process.send?.(message);
}

/** The decoders allocate outside of V8, in threads of their own, while this one has nothing to do but look. */
function watchMemory(memoryBytesMax: number): void {
  setInterval(() => {
    if (process.memoryUsage.rss() > memoryBytesMax) process.kill(process.pid, 'SIGKILL');
  }, lookEveryMs);
}

/** Where the memory of a whole pod runs out first, Linux is to end this process and not the function. */
function offerToKernel(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Not Linux, or not allowed: then the limit alone decides.
  }
}
