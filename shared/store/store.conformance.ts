import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashOf, makeBytes, watchMemory } from '#test/support/byte-streams.ts';
import { type ErrorCode, isDarkroomError } from '#shared/errors/errors.ts';
import { compareStoreKeys } from './store-key.ts';
import type { Store, ObjectInfo } from './store.ts';

/** A matcher of `expect(…).rejects` for one error code. */
export function withCode(code: ErrorCode): unknown {
  return expect.toSatisfy((error: unknown) => isDarkroomError(error, code), code);
}

export async function collectKeys(objects: AsyncIterable<ObjectInfo>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of objects) keys.push(key);
  return keys;
}

/** The suite that every store passes. `open` is called once and returns an empty store. */
export function testStore(open: () => Promise<Store>): void {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
  });
  const readText = async (key: string) => await text(await store.read(key));
  const put = async (key: string, content: string) => await store.put(key, Buffer.from(content));

  test('an object is visible only after its commit', async () => {
    const key = 'visible/a.txt';
    await using writer = await store.createWriter(key);
    writer.stream.write('half ');
    await new Promise((resolve) => writer.stream.write('whole', resolve));
    expect(await store.find(key)).toBeUndefined();
    await expect(store.read(key)).rejects.toEqual(withCode('store/not-found'));
    expect(await collectKeys(store.list(''))).not.toContain(key);
    await writer.commit();
    expect(await readText(key)).toBe('half whole');
    const found = await store.find(key);
    expect(found).toMatchObject({ key, sizeBytes: 10 });
    expect(Math.abs((found?.modifiedAt.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('an empty object is an object', async () => {
    await put('empty', '');
    expect(await store.find('empty')).toMatchObject({ sizeBytes: 0 });
    expect(await readText('empty')).toBe('');
    await expect(store.read('empty', { start: 0, end: 0 })).rejects.toEqual(withCode('range/not-satisfiable'));
  });

  test('an aborted object leaves nothing, and the previous object stays', async () => {
    await put('aborted/kept', 'first');
    for (const key of ['aborted/new', 'aborted/kept']) {
      const writer = await store.createWriter(key);
      await pipeline(Readable.from(makeBytes(9_000_000)), writer.stream);
      await writer.abort();
      await writer.abort();
      await expect(writer.commit()).rejects.toEqual(withCode('resource/conflict'));
    }
    expect(await collectKeys(store.list('aborted/'))).toEqual(['aborted/kept']);
    expect(await readText('aborted/kept')).toBe('first');
  });

  test('a writer that goes out of scope without a commit is aborted, and abort after a commit does nothing', async () => {
    {
      await using writer = await store.createWriter('scoped');
      writer.stream.write('x');
    }
    expect(await store.find('scoped')).toBeUndefined();
    const writer = await store.createWriter('scoped');
    writer.stream.write('x');
    await writer.commit();
    await writer.abort();
    expect(await readText('scoped')).toBe('x');
  });

  test('a source that fails half-way leaves no object', async () => {
    await using writer = await store.createWriter('broken');
    const source = async function* () {
      yield* makeBytes(1_000_000);
      throw new Error('the client went away');
    };
    await expect(pipeline(Readable.from(source()), writer.stream)).rejects.toThrow('the client went away');
    await expect(writer.commit()).rejects.toThrow();
    expect(await store.find('broken')).toBeUndefined();
  });

  test('the content of an object changes its version', async () => {
    await put('version', 'one');
    const first = await store.find('version');
    expect(await store.find('version')).toEqual(first);
    await put('version', 'other');
    expect((await store.find('version'))?.version).not.toBe(first?.version);
  });

  test('a range is read from its first to its last byte', async () => {
    await put('range', '0123456789');
    const readRange = async (start: number, end: number) => await text(await store.read('range', { start, end }));
    expect(await readRange(0, 0)).toBe('0');
    expect(await readRange(3, 6)).toBe('3456');
    expect(await readRange(9, 9)).toBe('9');
    expect(await readRange(8, 1_000)).toBe('89');
    for (const [start, end] of [
      [10, 20],
      [5, 4],
      [-1, 3],
    ] as const) {
      await expect(store.read('range', { start, end })).rejects.toEqual(withCode('range/not-satisfiable'));
    }
  });

  test('a range that crosses the parts of a large object is read completely', async () => {
    const sizeBytes = 20_000_000;
    await using writer = await store.createWriter('ranges/large');
    await pipeline(Readable.from(makeBytes(sizeBytes)), writer.stream);
    await writer.commit();
    const range = { start: 5 * 1024 * 1024 - 3, end: 10 * 1024 * 1024 + 3 };
    const whole = await buffer(Readable.from(makeBytes(sizeBytes)));
    const part = await buffer(await store.read('ranges/large', range));
    expect(part.equals(whole.subarray(range.start, range.end + 1))).toBe(true);
  });

  test('objects are listed in the order of their bytes, by prefix, after a key', async () => {
    const keys = ['a', 'a!b', 'a.b', 'a-/x', 'a0', 'ab/c', 'ab/c.d', 'ab/c0/e', 'b', '\u{ff5e}', '\u{1f3d4}/x'];
    for (const key of keys) await put(`list/${key}`, key);
    const under = (prefix: string) => keys.filter((key) => key.startsWith(prefix)).sort(compareStoreKeys);
    const listed = async (prefix: string, startAfter?: string) =>
      (await collectKeys(store.list(`list/${prefix}`, startAfter && `list/${startAfter}`))).map((key) => key.slice(5));
    expect(await listed('')).toEqual(under(''));
    expect(await listed('a')).toEqual(under('a'));
    expect(await listed('ab/')).toEqual(['ab/c', 'ab/c.d', 'ab/c0/e']);
    expect(await listed('ab/c')).toEqual(['ab/c', 'ab/c.d', 'ab/c0/e']);
    expect(await listed('nothing')).toEqual([]);
    for (const after of [...keys, 'a/', 'ab', 'ab/c0', 'zz', 'ab/c0/a']) {
      expect(await listed('', after), after).toEqual(under('').filter((key) => compareStoreKeys(key, after) > 0));
    }
    expect(await listed('ab/', 'ab/c.d')).toEqual(['ab/c0/e']);
    expect(await listed('../list/')).toEqual([]);
  });

  test('1,150 objects are listed once each, in order, with their facts', async () => {
    const keys = Array.from({ length: 1_150 }, (_, n) => `many/${String(n % 7)}/${String(n).padStart(4, '0')}`);
    for (let at = 0; at < keys.length; at += 25) {
      await Promise.all(keys.slice(at, at + 25).map(async (key) => await put(key, key)));
    }
    const objects = await Array.fromAsync(store.list('many/'));
    expect(objects.map(({ key }) => key)).toEqual([...keys].sort(compareStoreKeys));
    expect(new Set(objects.map(({ sizeBytes }) => sizeBytes))).toEqual(new Set([11]));
    expect(objects[7]).toEqual(await store.find(objects[7]?.key ?? ''));
    expect(await collectKeys(store.list('many/', 'many/6/1140'))).toEqual(['many/6/1147']);
  }, 60_000);

  test('deleting twice is deleting once', async () => {
    await put('deleted/a', 'x');
    await put('deleted/a.b', 'y');
    await store.delete('deleted/a');
    await store.delete('deleted/a');
    await store.delete('deleted/never/was');
    expect(await collectKeys(store.list('deleted/'))).toEqual(['deleted/a.b']);
  });

  test('deleteVersion deletes the object with the version, not another one under the same key', async () => {
    await put('versions/a (1).jpg', 'first');
    const first = (await store.find('versions/a (1).jpg'))?.version ?? '';
    await put('versions/a (1).jpg', 'another');
    expect(await store.deleteVersion('versions/a (1).jpg', first)).toBe(false);
    expect(await readText('versions/a (1).jpg')).toBe('another');
    const another = (await store.find('versions/a (1).jpg'))?.version ?? '';
    expect(await store.deleteVersion('versions/a (1).jpg', another)).toBe(true);
    expect(await store.deleteVersion('versions/a (1).jpg', another)).toBe(false);
    expect(await store.deleteVersion('versions/never/was', another)).toBe(false);
    expect(await collectKeys(store.list('versions/'))).toEqual([]);
  });

  test('deleting a key removes what its unfinished writers left, and nothing of other keys', async () => {
    const writer = await store.createWriter('unfinished');
    const other = await store.createWriter('unfinished2');
    for (const { stream } of [writer, other])
      await pipeline(Readable.from(makeBytes(9_000_000)), stream, { end: false });
    await store.delete('unfinished');
    await expect(writer.commit()).rejects.toEqual(withCode('resource/conflict'));
    expect(await store.find('unfinished')).toBeUndefined();
    await other.commit();
    expect(await store.find('unfinished2')).toMatchObject({ sizeBytes: 9_000_000 });
  });

  test.each(['', '/a', 'a/', 'a//b', '..', 'a/../../b', 'a\0b', 'x'.repeat(1_025), '.incoming/x'])(
    'the invalid key %j is refused everywhere',
    async (key) => {
      const refusal = withCode('store/invalid-key');
      await expect(store.createWriter(key)).rejects.toEqual(refusal);
      await expect(put(key, 'x')).rejects.toEqual(refusal);
      await expect(store.read(key)).rejects.toEqual(refusal);
      await expect(store.find(key)).rejects.toEqual(refusal);
      await expect(store.delete(key)).rejects.toEqual(refusal);
      await expect(store.deleteVersion(key, 'x')).rejects.toEqual(refusal);
      await expect(store.toLocalFile(key)).rejects.toEqual(refusal);
    },
  );

  test.each([
    '写真/ünï 🏔️.jpg',
    'names/a b+c%20&<>"\'.jpg',
    'names/(1)!*~#?=;@.jpg',
    ' names/ x ',
    '0123',
    '1e5',
    'true',
  ])('the key %j comes back as it was given', async (key) => {
    const writer = await store.createWriter(key);
    await pipeline(Readable.from(makeBytes(9_000_000)), writer.stream);
    await writer.commit();
    expect(await store.find(key)).toMatchObject({ key, sizeBytes: 9_000_000 });
    expect(await collectKeys(store.list(key.slice(0, 3)))).toContain(key);
    const unfinished = await store.createWriter(key);
    unfinished.stream.write('left over');
    await store.delete(key);
    await unfinished.abort();
    expect(await store.find(key)).toBeUndefined();
  });

  test('50 MB are written and read without being held in memory', async () => {
    const sizeBytes = 50_000_000;
    const heldBytes = watchMemory();
    await using writer = await store.createWriter('large');
    await pipeline(Readable.from(heldBytes.watch(makeBytes(sizeBytes))), writer.stream);
    await writer.commit();
    const written = heldBytes.peak();
    const hash = await hashOf(heldBytes.watch(await store.read('large')));
    expect(hash).toBe(await hashOf(makeBytes(sizeBytes)));
    expect(written).toBeLessThan(28_000_000);
    expect(heldBytes.peak()).toBeLessThan(28_000_000);
  }, 60_000);

  test('two writers of one key do not mix their bytes, and the last to commit wins', async () => {
    const first = await store.createWriter('two');
    const second = await store.createWriter('two');
    const sizes = [9_000_000, 9_500_000] as const;
    await Promise.all([
      pipeline(Readable.from(makeBytes(sizes[0])), first.stream),
      pipeline(Readable.from(makeBytes(sizes[1])), second.stream),
    ]);
    await second.commit();
    expect(await hashOf(await store.read('two'))).toBe(await hashOf(makeBytes(sizes[1])));
    await first.commit();
    expect(await hashOf(await store.read('two'))).toBe(await hashOf(makeBytes(sizes[0])));
  });

  test('readers see the old or the new object while it is replaced, never a mixture', async () => {
    const versions = ['a', 'b'].map((letter) => letter.repeat(300_000));
    await put('replaced', versions[0] ?? '');
    const replaced = new AbortController();
    const read = async () => {
      const seen = new Set<string>();
      while (!replaced.signal.aborted) seen.add(await readText('replaced'));
      return seen;
    };
    const readers = [read(), read()];
    for (let n = 1; n <= 20; n += 1) await put('replaced', versions[n % 2] ?? '');
    replaced.abort();
    for (const seen of await Promise.all(readers)) for (const content of seen) expect(versions).toContain(content);
  });

  test('a reader that stops half-way blocks no other request', async () => {
    const stream = await store.read('large');
    for await (const chunk of stream) {
      expect(chunk).toBeInstanceOf(Buffer);
      break;
    }
    expect(stream.destroyed).toBe(true);
    expect(await readText('range')).toBe('0123456789');
  });

  test('an object is available as a local file', async () => {
    await put('local/a.txt', 'content');
    await using file = await store.toLocalFile('local/a.txt');
    expect(await readFile(file.path, 'utf8')).toBe('content');
    await expect(store.toLocalFile('local/none')).rejects.toEqual(withCode('store/not-found'));
  });

  test('a missing object is store/not-found', async () => {
    await put('parent', 'x');
    for (const key of ['none', 'none/at/all', 'parent/child', 'local']) {
      expect(await store.find(key)).toBeUndefined();
      await expect(store.read(key)).rejects.toEqual(withCode('store/not-found'));
    }
  });
}
