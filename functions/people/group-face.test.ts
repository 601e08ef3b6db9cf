import { expect, test } from 'vitest';
import { groupFace, type GroupPorts, type Pair, type SeenFace } from './group-face.ts';
import { foresee, type LookPorts } from './group-foreseen.ts';

type Point = readonly [number, number];
interface Face {
  at: Point;
  personId: string | null;
  isPlacedByUser: boolean;
}

const distanceMax = 1;
const facesMin = 3;
const options = { distanceMax, facesMin };

/** Faces are points on a plane with Euclidean distances. */
class Plane implements GroupPorts {
  readonly faces = new Map<string, Face>();
  private persons = 0;

  private distance(a: string, b: string): number {
    const [from, to] = [this.faces.get(a)?.at ?? [0, 0], this.faces.get(b)?.at ?? [0, 0]];
    return Math.hypot(from[0] - to[0], from[1] - to[1]);
  }

  listNearest = (faceId: string): Promise<SeenFace[]> => {
    const seen = [...this.faces].map(([id, it]) => ({ faceId: id, distance: this.distance(faceId, id), ...it }));
    const itself = (it: SeenFace) => Number(it.faceId === faceId);
    return Promise.resolve(
      seen.toSorted((a, b) => itself(b) - itself(a) || a.distance - b.distance || (a.faceId < b.faceId ? -1 : 1)),
    );
  };

  listPairs = (from: readonly string[], to: readonly string[]): Promise<Pair[]> => {
    const pairs = from.flatMap((a) => to.map((b) => ({ from: a, to: b, distance: this.distance(a, b) })));
    return Promise.resolve(pairs.filter((it) => it.distance <= distanceMax));
  };

  readonly looks: LookPorts = {
    listNearest: async (faceId) =>
      (await this.listNearest(faceId)).map(({ faceId: id, distance }) => ({ faceId: id, distance })),
    listPairs: (from, to) => this.listPairs(from, to),
    listStandings: (ids) =>
      Promise.resolve(
        [...this.faces]
          .filter(([id]) => ids.includes(id))
          .map(([faceId, { personId, isPlacedByUser }]) => ({ faceId, personId, isPlacedByUser })),
      ),
  };

  near(faceId: string): string[] {
    return [...this.faces.keys()].filter((id) => this.distance(faceId, id) <= distanceMax);
  }

  insertPerson = (): Promise<string> => Promise.resolve(`person ${++this.persons}`);

  assignFaces = (faceIds: readonly string[], personId: string): Promise<void> => {
    for (const id of faceIds) {
      const face = this.faces.get(id);
      if (face !== undefined && face.personId === null && !face.isPlacedByUser) face.personId = personId;
    }
    return Promise.resolve();
  };

  async arrive(id: string, at: Point, more: Partial<Face> = {}): Promise<void> {
    this.faces.set(id, { at, personId: null, isPlacedByUser: false, ...more });
    if (more.personId === undefined) await groupFace(this, id, options);
  }

  personOf(id: string): string | null {
    return this.faces.get(id)?.personId ?? null;
  }

  /** The faces of each person, without the person's id. */
  partition(): string[] {
    const groups = new Map<string, string[]>();
    for (const [id, { personId }] of this.faces) {
      const key = personId ?? `nobody ${id}`;
      groups.set(key, [...(groups.get(key) ?? []), id]);
    }
    return [...groups.entries()]
      .map(
        ([key, ids]) =>
          `${key.startsWith('nobody') ? 'nobody' : 'person'}: ${ids.toSorted((a, b) => (a < b ? -1 : 1)).join(' ')}`,
      )
      .toSorted((a, b) => (a < b ? -1 : 1));
  }
}

/** mulberry32 */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffle<T>(list: readonly T[], random: () => number): T[] {
  const result = [...list];
  for (let n = result.length - 1; n > 0; n--) {
    const other = Math.floor(random() * (n + 1));
    [result[n], result[other]] = [result[other] as T, result[n] as T];
  }
  return result;
}

test('two faces have no person, a third makes a person of all three', async () => {
  const plane = new Plane();
  await plane.arrive('a', [0, 0]);
  await plane.arrive('b', [0.1, 0]);
  expect(plane.partition()).toEqual(['nobody: a', 'nobody: b']);
  await plane.arrive('c', [0, 0.1]);
  expect(plane.partition()).toEqual(['person: a b c']);
});

test('a border face joins a core; a face near no core has no person', async () => {
  const plane = new Plane();
  for (const [id, x] of [
    ['a', 0],
    ['b', 0.1],
    ['c', 0.2],
  ] as const) {
    await plane.arrive(id, [x, 0]);
  }
  await plane.arrive('border', [1.15, 0]);
  expect(plane.personOf('border')).toBe(plane.personOf('c'));
  await plane.arrive('stranger', [2.2, 0]);
  expect(plane.personOf('stranger')).toBeNull();
});

test('a border face that arrived first joins when its core appears', async () => {
  const plane = new Plane();
  await plane.arrive('border', [1.05, 0]);
  await plane.arrive('a', [0, 0]);
  await plane.arrive('b', [0.1, 0]);
  expect(plane.partition()).toEqual(['person: a b border']);
});

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'the same people come out whatever the order of arrival (seed %d)',
  async (seed) => {
    const random = createRandom(seed + 1);
    const clusters = 2 + Math.floor(random() * 5);
    const faces: [string, Point][] = [];
    for (let c = 0; c < clusters; c++) {
      // Faces of a person are near each other, and persons far from each other; some have too few faces.
      const size = 1 + Math.floor(random() * 7);
      for (let n = 0; n < size; n++) faces.push([`${c}-${n}`, [c * 10 + random() * 0.6, random() * 0.6]]);
    }
    const partitions = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const plane = new Plane();
      for (const [id, at] of shuffle(faces, random)) await plane.arrive(id, at);
      partitions.add(plane.partition().join('\n'));
    }
    expect([...partitions]).toHaveLength(1);
    for (const group of ([...partitions][0] ?? '').split('\n')) {
      const ids = group.replace(/^\w+: /, '').split(' ');
      expect(new Set(ids.map((id) => id.split('-')[0])).size).toBe(1);
      expect(group.startsWith('person')).toBe(ids.length >= facesMin);
    }
  },
);

test.each(Array.from({ length: 100 }, (_, seed) => seed))(
  'in the end exactly the cores and the faces near one have a person (seed %d)',
  async (seed) => {
    const random = createRandom(seed + 1000);
    const plane = new Plane();
    const waiting: string[] = [];
    // Faces are written before they are grouped, so that a face may see others that are grouped later.
    for (let n = 0; n < 40; n++) {
      const id = String(n).padStart(2, '0');
      plane.faces.set(id, { at: [random() * 7, random() * 7], personId: null, isPlacedByUser: false });
      waiting.push(id);
      while (waiting.length > 0 && random() < 0.45) {
        const [next = ''] = waiting.splice(Math.floor(random() * waiting.length), 1);
        await groupFace(plane, next, options);
      }
    }
    for (const id of shuffle(waiting, random)) await groupFace(plane, id, options);
    for (const id of plane.faces.keys()) {
      const isReached = plane.near(id).some((other) => plane.near(other).length >= facesMin);
      expect({ id, isSomebody: plane.personOf(id) !== null }).toEqual({ id, isSomebody: isReached });
    }
  },
);

test.each(Array.from({ length: 100 }, (_, seed) => seed))(
  'the same holds if faces arrive between the lookup of a face and its grouping (seed %d)',
  async (seed) => {
    const random = createRandom(seed + 3000);
    const plane = new Plane();
    const waiting: (() => Promise<void>)[] = [];
    for (let n = 0; n < 40; n++) {
      const id = String(n).padStart(2, '0');
      plane.faces.set(id, { at: [random() * 7, random() * 7], personId: null, isPlacedByUser: false });
      const group = await foresee(plane.looks, [id], options);
      waiting.push(() => group({ ...plane.looks, insertPerson: plane.insertPerson, assignFaces: plane.assignFaces }));
      while (waiting.length > 0 && random() < 0.45)
        for (const next of waiting.splice(Math.floor(random() * waiting.length), 1)) await next();
    }
    for (const next of shuffle(waiting, random)) await next();
    for (const id of plane.faces.keys()) {
      const isReached = plane.near(id).some((other) => plane.near(other).length >= facesMin);
      expect({ id, isSomebody: plane.personOf(id) !== null }).toEqual({ id, isSomebody: isReached });
    }
  },
);

test('a face joins the person with which faces that are not grouped yet connect it', async () => {
  const plane = new Plane();
  for (const [id, x] of [
    ['a', 0],
    ['b', 0.1],
    ['c', 0.2],
  ] as const) {
    await plane.arrive(id, [x, 0]);
  }
  for (const [id, x] of [
    ['bridge-1', 1.1],
    ['bridge-2', 2],
    ['far', 2.9],
    ['farther', 3],
  ] as const) {
    plane.faces.set(id, { at: [x, 0], personId: null, isPlacedByUser: false });
  }
  for (const id of ['farther', 'far', 'bridge-2', 'bridge-1']) await groupFace(plane, id, options);
  expect(plane.partition()).toEqual(['person: a b bridge-1 bridge-2 c far farther']);
});

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'faces that are all written before the first is grouped make one person of each connected group (seed %d)',
  async (seed) => {
    const random = createRandom(seed + 2000);
    const plane = new Plane();
    for (let n = 0; n < 40; n++) {
      const at: Point = [random() * 6, random() * 6];
      plane.faces.set(String(n).padStart(2, '0'), { at, personId: null, isPlacedByUser: false });
    }
    for (const id of shuffle([...plane.faces.keys()], random)) await groupFace(plane, id, options);
    const cores = [...plane.faces.keys()].filter((id) => plane.near(id).length >= facesMin);
    for (const id of cores) {
      for (const other of plane.near(id).filter((it) => cores.includes(it))) {
        expect({ id, other, person: plane.personOf(other) }).toEqual({ id, other, person: plane.personOf(id) });
      }
    }
  },
);

test('persons are never merged, and a face between two goes to the nearer', async () => {
  const plane = new Plane();
  for (const [id, x] of [
    ['a', 0],
    ['b', 0.1],
    ['c', 0.2],
    ['x', 2],
    ['y', 1.9],
    ['z', 1.8],
  ] as const)
    await plane.arrive(id, [x, 0]);
  const [left, right] = [plane.personOf('a'), plane.personOf('x')];
  expect(left).not.toBe(right);
  await plane.arrive('between', [0.95, 0]);
  expect(plane.personOf('between')).toBe(left);
  expect([plane.personOf('a'), plane.personOf('x')]).toEqual([left, right]);
});

test('a face that a user placed is never moved, and faces near it get its person', async () => {
  const plane = new Plane();
  await plane.arrive('placed', [0, 0], { personId: 'Ada', isPlacedByUser: true });
  await plane.arrive('taken-out', [0, 0.05], { personId: null, isPlacedByUser: true });
  await plane.arrive('a', [0.1, 0]);
  await plane.arrive('b', [0, 0.1]);
  expect([plane.personOf('placed'), plane.personOf('a'), plane.personOf('b')]).toEqual(['Ada', 'Ada', 'Ada']);
  expect(plane.personOf('taken-out')).toBeNull();
});
