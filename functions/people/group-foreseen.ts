import type { FaceStanding, NearFace } from '#shared/people/asset-face.ts';
import { newId } from '#shared/ids/ids.ts';
import { groupFace, type GroupOptions, type GroupPorts, type Pair } from './group-face.ts';

/** Similarities, which never change, and the current persons of faces. */
export interface LookPorts {
  /** As `GroupPorts.listNearest`, without persons. */
  listNearest: (faceId: string) => Promise<NearFace[]>;
  listPairs: GroupPorts['listPairs'];
  /** Unordered; deleted faces are left out. */
  listStandings: (faceIds: readonly string[]) => Promise<FaceStanding[]>;
}

export type WritePorts = Pick<GroupPorts, 'insertPerson' | 'assignFaces'>;

/**
 * Groups faces twice. The first run does the slow similarity searches without writing. The second, under the lock of the
 * owner, uses their results and reads only the current persons again. A face that is written in between runs its own
 * search afterwards, and so finds the faces that did not find it. Returns the second run.
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

/** Reads the person of each face once in a run, since the lock prevents other changes. */
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
