import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Streams distinct bytes without using memory: one pseudo-random block, each time with another number in front. */
export async function* makeBytes(sizeBytes: number, chunkBytes = 64 * 1024): AsyncGenerator<Buffer> {
  const block = createHash('sha512').update('block').digest();
  for (let at = 0; at < sizeBytes; at += chunkBytes) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, sizeBytes - at), block);
    chunk.writeUInt32LE((at / chunkBytes) % 2 ** 32, 0);
    yield chunk;
  }
}

export async function hashOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha1');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

/** Measures the memory of buffers during a stream, without garbage. */
export function watchMemory() {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const measure = () => {
    collectGarbage();
    return process.memoryUsage().arrayBuffers;
  };
  const before = measure();
  let peak = 0;
  return {
    peak: () => peak,
    async *watch(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      let passed = 0;
      for await (const chunk of stream) {
        yield chunk;
        passed += chunk.length;
        if (passed < 2_500_000) continue;
        passed = 0;
        peak = Math.max(peak, measure() - before);
      }
    },
  };
}
