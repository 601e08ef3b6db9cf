import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DarkroomError, errorTable, type ErrorCode } from '#shared/errors/errors.ts';
import type { DecodeMessage, DecodeRequest, DecodeTask, DecodeTasks } from './decode-tasks.ts';

export interface ApartLimits {
  /** Resident memory of the process, including Node and libvips themselves. */
  memoryBytesMax: number;
  timeoutMs: number;
}

/** In the container image the program is bundled, and the child is a file beside the bundle. */
const childFile = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './decode-child.ts' : './decode-child.mjs', import.meta.url),
);

let last: Promise<unknown> = Promise.resolve();

/**
 * Decodes in a child process with limits and without secrets in its environment. If the process dies, the picture
 * fails. One runs at a time, so that they stay within the memory of a pod.
 * @throws media/too-large if it needs more memory, media/timeout, media/undecodable if it breaks, and what the task
 * throws
 */
export async function decodeApart<T extends DecodeTask>(
  request: { task: T; args: Parameters<DecodeTasks[T]> },
  limits: ApartLimits,
  signal?: AbortSignal,
): Promise<Awaited<ReturnType<DecodeTasks[T]>>> {
  const before = last;
  const { promise: turn, resolve: pass } = Promise.withResolvers<void>();
  last = turn;
  try {
    await before;
    signal?.throwIfAborted();
    return (await runChild(request, limits, signal)) as Awaited<ReturnType<DecodeTasks[T]>>;
  } finally {
    pass();
  }
}

function runChild(
  request: Omit<DecodeRequest, 'memoryBytesMax'>,
  { memoryBytesMax, timeoutMs }: ApartLimits,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const child = fork(childFile, {
    env: {},
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  let isStarted = false;
  const timer = setTimeout(
    () => reject(new DarkroomError('media/timeout', `Decoding took longer than ${timeoutMs} ms`)),
    timeoutMs,
  );
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  child.on('message', (message: DecodeMessage) => {
    if (message.kind === 'started') isStarted = true;
    else if (message.kind === 'value') resolve(message.value);
    else reject(toError(message));
  });
  child.on('error', reject);
  child.on('exit', (code, killedBy) => reject(explainEnd(killedBy ?? `code ${code}`, isStarted, memoryBytesMax)));
  child.send({ ...request, memoryBytesMax });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    child.kill('SIGKILL');
  });
}

function toError({ code, message, isDarkroom }: DecodeMessage & { kind: 'error' }): Error {
  if (isDarkroom && code in errorTable) return new DarkroomError(code as ErrorCode, message);
  return Object.assign(new Error(message), { code });
}

function explainEnd(by: string, isStarted: boolean, memoryBytesMax: number): Error {
  // The child has not read anything of the picture yet.
  if (!isStarted) return new Error(`The decoding process did not start (${by})`);
  if (by === 'SIGKILL') {
    const megabytes = Math.floor(memoryBytesMax / 2 ** 20);
    return new DarkroomError('media/too-large', `Decoding the picture needs more than ${megabytes} MiB of memory`);
  }
  return new DarkroomError('media/undecodable', `Decoding the picture ended its process (${by})`);
}
