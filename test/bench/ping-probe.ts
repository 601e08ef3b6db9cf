import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { parentPort, Worker, workerData } from 'node:worker_threads';

/** Latencies in milliseconds, by address. */
export type Latencies = Record<string, number[]>;

export interface PingProbe {
  /** Ends it, and gives the latencies of all answers since it began. */
  stop(): Promise<Latencies>;
}

/** Asks each address every 10 ms from a thread of its own, without waiting for the answer before. */
export function startPingProbe(addresses: readonly string[]): PingProbe {
  const worker = new Worker(new URL(import.meta.url), { workerData: addresses });
  return {
    async stop() {
      const answer = once(worker, 'message');
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage('stop');
      const [latencies] = (await answer) as [Latencies];
      await worker.terminate();
      return latencies;
    },
  };
}

function probe(addresses: readonly string[], port: NonNullable<typeof parentPort>): void {
  const agent = new Agent({ keepAlive: true });
  const latencies: Latencies = Object.fromEntries(addresses.map((address) => [address, []]));
  const ask = (address: string) => {
    const start = performance.now();
    get(address, { agent }, (response) => {
      response.resume();
      response.once('end', () => latencies[address]?.push(performance.now() - start));
    }).on('error', () => latencies[address]?.push(Number.POSITIVE_INFINITY));
  };
  setInterval(() => addresses.forEach(ask), 10);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  port.once('message', () => port.postMessage(latencies));
}

if (parentPort !== null && Array.isArray(workerData)) probe(workerData as string[], parentPort);
