import { newId } from '#shared/ids/ids.ts';
import { groupFace, type GroupOptions, type GroupPorts, type Pair } from './group-face.ts';

export interface NearFace {
  faceId: string;
  distance: number;
}

export interface FaceStanding {
  faceId: string;
  personId: string | null;
  isPlacedByUser: boolean;
}

/** What is like what, which stays true, and whose faces are now. */
export interface LookPorts {
  /** As `GroupPorts.listNearest`, without whose they are. */
  listNearest: (faceId: string) => Promise<NearFace[]>;
  listPairs: GroupPorts['listPairs'];
  /** In no order; faces that are gone are left out. */
  listStandings: (faceIds: readonly string[]) => Promise<FaceStanding[]>;
}

export type WritePorts = Pick<GroupPorts, 'foundPerson' | 'assignFaces'>;

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
  const given = new Map<string, string>();
  const sight: GroupPorts = {
    ...createSight(ports, memory, given),
    foundPerson: () => Promise.resolve(newId()),
    assignFaces(ids, personId) {
      for (const id of ids) given.set(id, personId);
      return Promise.resolve();
    },
  };
  for (const faceId of faceIds) await groupFace(sight, faceId, options);
  return async (writing) => {
    const { foundPerson, assignFaces } = writing;
    const remembering = { ...createSight(writing, memory, new Map()), foundPerson, assignFaces };
    for (const faceId of faceIds) await groupFace(remembering, faceId, options);
  };
}

interface Memory {
  nearest: Map<string, NearFace[]>;
  pairs: Map<string, Pair[]>;
}

/** Faces are seen as theirs to whom they are given. */
function createSight(
  { listNearest, listPairs, listStandings }: LookPorts,
  memory: Memory,
  given: ReadonlyMap<string, string>,
): Pick<GroupPorts, 'listNearest' | 'listPairs'> {
  return {
    async listNearest(faceId) {
      const nearest = memory.nearest.get(faceId) ?? (await listNearest(faceId));
      memory.nearest.set(faceId, nearest);
      const standings = await listStandings(nearest.map((it) => it.faceId));
      const byId = new Map(standings.map((it) => [it.faceId, it]));
      return nearest.flatMap((near) => {
        const standing = byId.get(near.faceId);
        if (standing === undefined) return [];
        return [{ ...standing, ...near, personId: standing.personId ?? given.get(near.faceId) ?? null }];
      });
    },
    async listPairs(from, to) {
      const key = `${from.join()} ${to.join()}`;
      const pairs = memory.pairs.get(key) ?? (await listPairs(from, to));
      memory.pairs.set(key, pairs);
      return pairs;
    },
  };
}
