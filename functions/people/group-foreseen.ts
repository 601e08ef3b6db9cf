import type { FaceStanding, NearFace } from '#shared/people/asset-face.ts';
import { newId } from '#shared/ids/ids.ts';
import { groupFace, type GroupOptions, type GroupPorts, type Pair } from './group-face.ts';

/** What is like what, which stays true, and whose faces are now. */
export interface LookPorts {
  /** As `GroupPorts.listNearest`, without whose they are. */
  listNearest: (faceId: string) => Promise<NearFace[]>;
  listPairs: GroupPorts['listPairs'];
  /** In no order; faces that are gone are left out. */
  listStandings: (faceIds: readonly string[]) => Promise<FaceStanding[]>;
}

export type WritePorts = Pick<GroupPorts, 'insertPerson' | 'assignFaces'>;

/**
 * Groups faces twice: at first to see what has to be looked up, which takes long among many faces and changes nothing,
 * and then, under the lock of their owner, with all of that remembered; only whose the faces are is read again. A face
 * that comes in between looks for itself after it was written, and so sees those that did not see it.
 * Returns the second run.
 */
export async function foresee(
  ports: LookPorts,
  faceIds: readonly string[],
  options: GroupOptions,
): Promise<(ports: LookPorts & WritePorts) => Promise<void>> {
  const memory: Memory = { nearest: new Map(), pairs: new Map() };
  const run = async (acting: LookPorts & WritePorts) => {
    const sight = createSight(acting, memory);
    for (const faceId of faceIds) await groupFace(sight, faceId, options);
  };
  await run({ ...ports, insertPerson: () => Promise.resolve(newId()), assignFaces: () => Promise.resolve() });
  return run;
}

interface Memory {
  nearest: Map<string, NearFace[]>;
  pairs: Map<string, Pair[]>;
}

/** Whose a face is is read once in a run: nobody else changes it meanwhile. */
function createSight(ports: LookPorts & WritePorts, memory: Memory): GroupPorts {
  const standings = new Map<string, FaceStanding | undefined>();
  const readStandings = async (faceIds: readonly string[]) => {
    const unknown = faceIds.filter((id) => !standings.has(id));
    if (unknown.length === 0) return;
    for (const id of unknown) standings.set(id, undefined);
    for (const it of await ports.listStandings(unknown)) standings.set(it.faceId, it);
  };
  return {
    insertPerson: ports.insertPerson,
    async assignFaces(faceIds, personId) {
      await ports.assignFaces(faceIds, personId);
      for (const id of faceIds) {
        const standing = standings.get(id);
        if (standing !== undefined) standings.set(id, { ...standing, personId });
      }
    },
    async listNearest(faceId) {
      const nearest = memory.nearest.get(faceId) ?? (await ports.listNearest(faceId));
      memory.nearest.set(faceId, nearest);
      await readStandings(nearest.map((it) => it.faceId));
      return nearest.flatMap((it) => {
        const standing = standings.get(it.faceId);
        return standing === undefined ? [] : [{ ...standing, ...it }];
      });
    },
    async listPairs(from, to) {
      const key = `${from.join()} ${to.join()}`;
      const pairs = memory.pairs.get(key) ?? (await ports.listPairs(from, to));
      memory.pairs.set(key, pairs);
      return pairs;
    },
  };
}
