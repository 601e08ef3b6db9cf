// The thread that looks at files: its calls block, for long if the server of a network file system does not answer.
import { parentPort, workerData } from 'node:worker_threads';
import { createWalk, type Question, type TreeSpec } from './walk.ts';
import type { WorkerMessage } from './walker.ts';

const aliveEveryMs = 1_000;
let lastSign = performance.now();

const say = (message: WorkerMessage) => {
  lastSign = performance.now();
  parentPort?.postMessage(message, []);
};
const walk = createWalk(workerData as TreeSpec, () => {
  if (performance.now() - lastSign > aliveEveryMs) say({ type: 'alive' });
});

parentPort?.on('message', (question: Question) => {
  try {
    say({ type: 'answer', answer: walk(question) });
  } catch (error) {
    say({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
});
