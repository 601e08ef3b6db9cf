// The child process that decodes one picture, see decode-apart.ts. It may run out of memory or crash; it does nothing
// else.
import { writeFileSync } from 'node:fs';
import { DarkroomError } from '#shared/errors/errors.ts';
import { decodeTasks, type DecodeMessage, type DecodeRequest } from './decode-tasks.ts';

const lookEveryMs = 10;

// This process ends when its parent disconnects. If a signal ended it earlier, the picture would be blamed.
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

/** The decoders allocate outside of V8 in their own threads, so this thread is free to poll the memory. */
function watchMemory(memoryBytesMax: number): void {
  setInterval(() => {
    if (process.memoryUsage.rss() > memoryBytesMax) process.kill(process.pid, 'SIGKILL');
  }, lookEveryMs);
}

/** If the memory of the whole pod runs out, Linux should kill this process and not the function. */
function offerToKernel(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Not Linux, or not allowed: then the limit alone decides.
  }
}
