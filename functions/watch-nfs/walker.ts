import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { Answers, Question, TreeSpec } from './walk.ts';

export type WorkerMessage =
  | { type: 'alive' }
  | { type: 'answer'; answer: Answers[keyof Answers] }
  | { type: 'failed'; reason: string };

/** Looks at the files of one tree in a thread of its own, one request at a time. */
export interface Walker extends AsyncDisposable {
  /** @throws store/unavailable when the file system does not answer, and always after that */
  ask<K extends Question['kind']>(question: Extract<Question, { kind: K }>): Promise<Answers[K]>;
}

export interface WalkerOptions {
  /** Longest time without a message of the thread: a mount whose server is unavailable can block it for ever. */
  deadlineMs: number;
}

/** In the image the program is bundled, and the thread's program is a file beside it. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './walk-worker.ts' : './walk-worker.mjs', import.meta.url);

/** Trees with an abandoned thread that still blocks: another thread would block too. */
const stuck = new Set<string>();

/** @throws store/unavailable while the last thread of this tree blocks */
export function openWalker(tree: TreeSpec, { deadlineMs }: WalkerOptions): Walker {
  if (stuck.has(tree.path)) {
    throw new DarkroomError('store/unavailable', `${tree.path} cannot be looked at: the last scan still waits for it`);
  }
  const worker = new Worker(workerFile, { workerData: tree, name: 'scan' });
  let waiting: PromiseWithResolvers<Answers[keyof Answers]> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let fault: DarkroomError | undefined;

  const settle = () => {
    clearTimeout(timer);
    const settled = waiting;
    waiting = undefined;
    return settled;
  };
  const fail = (reason: string, cause?: unknown) => {
    fault ??= new DarkroomError('store/unavailable', `${tree.path} cannot be looked at: ${reason}`, { cause });
    settle()?.reject(fault);
  };
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      stuck.add(tree.path);
      fail(`nothing was heard of it for ${deadlineMs / 1000} s`);
    }, deadlineMs);
  };
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'answer') settle()?.resolve(message.answer);
    else if (message.type === 'failed') fail(message.reason);
    else if (waiting !== undefined) watch();
  });
  worker.on('error', (error) => fail('its thread broke', error));
  worker.on('exit', () => {
    stuck.delete(tree.path);
    fail('its thread has ended');
  });
  worker.unref();

  return {
    async ask<K extends Question['kind']>(question: Extract<Question, { kind: K }>) {
      if (fault !== undefined) throw fault;
      if (waiting !== undefined) throw new Error('the thread is still answering a request');
      waiting = Promise.withResolvers();
      watch();
      worker.postMessage(question, []);
      return (await waiting.promise) as Answers[K];
    },
    async [Symbol.asyncDispose]() {
      fail('it is closed');
      // A thread that blocks in the kernel cannot be terminated: waits at most 1 second.
      await Promise.race([worker.terminate(), wait(1_000)]);
    },
  };
}
