/** A face as seen from another one. */
export interface SeenFace {
  faceId: string;
  distance: number;
  personId: string | null;
  isPlacedByUser: boolean;
}

export interface Pair {
  from: string;
  to: string;
  distance: number;
}

export interface GroupPorts {
  /** The nearest faces at any distance, nearest first; the list begins with the face itself. */
  listNearest: (faceId: string) => Promise<SeenFace[]>;
  /** Every pair of the two lists within `distanceMax`. */
  listPairs: (from: readonly string[], to: readonly string[]) => Promise<Pair[]>;
  /** Creates a person with a face as portrait, and returns its id. */
  insertPerson: (faceId: string) => Promise<string>;
  /** Assigns faces to a person, except those that have a person already or that a user placed. */
  assignFaces: (faceIds: readonly string[], personId: string) => Promise<void>;
}

export interface GroupOptions {
  /** Two faces up to this distance are near each other. */
  distanceMax: number;
  /** A face with at least so many faces near it, itself included, is a core. */
  facesMin: number;
}

/** At most so many neighbours are checked again: the nearest ones, and the farthest ones, which may just have become cores. */
const lookedAtAgainMax = 16;

/** At most so many faces without a person are searched before a person is created. */
const lookedBeyondMax = 64;

/**
 * Finds the person of one new face: DBSCAN, one face at a time. Faces near a core belong to the core's person. Each face
 * must be grouped after it was written, even one that has a person already, because it may turn another into a core.
 *
 * After all faces are grouped, exactly the cores, the faces near one and the faces placed by a user have a person. This
 * is guaranteed if no face has more than 16 near it, and if `listNearest` returns all that are near those. Persons are
 * never merged, and a face with a person is never moved, so that a given name stays correct. If all faces of a person
 * are near each other and those of two persons are not, the result does not depend on the order of the faces. A face
 * between two persons goes to the nearest core; two groups that a later face connects stay two persons, which a user can
 * merge.
 * @see Ester et al., A density-based algorithm for discovering clusters, KDD 1996
 */
export async function groupFace(ports: GroupPorts, faceId: string, options: GroupOptions): Promise<void> {
  const seen = await ports.listNearest(faceId);
  if (seen[0]?.faceId !== faceId) return;
  const near = withinReach(seen, options);
  const again = chooseAgain(near.slice(1).map((it) => it.faceId));
  const neighbourhoods = new Map([[faceId, near], ...(await listAround(ports, again, seen))]);
  const sight: Sight = { ...ports, ...options, neighbourhoods, given: new Map() };
  for (const core of [faceId, ...again]) await expandIfCore(sight, core);
}

interface Sight extends GroupPorts, GroupOptions {
  /** The faces near each face that was checked, nearest first. */
  neighbourhoods: Map<string, SeenFace[]>;
  /** The persons of faces that were assigned since they were read. */
  given: Map<string, string>;
}

const withinReach = (seen: readonly SeenFace[], { distanceMax }: GroupOptions) =>
  seen.filter((it, n) => n === 0 || it.distance <= distanceMax);

function chooseAgain(faceIds: readonly string[]): readonly string[] {
  if (faceIds.length <= lookedAtAgainMax) return faceIds;
  return [...faceIds.slice(0, lookedAtAgainMax / 2), ...faceIds.slice(-lookedAtAgainMax / 2)];
}

/** For each of some faces, the faces of `seen` that are near it. */
async function listAround(
  { listPairs }: GroupPorts,
  faceIds: readonly string[],
  seen: readonly SeenFace[],
): Promise<[string, SeenFace[]][]> {
  if (faceIds.length === 0) return [];
  const byId = new Map(seen.map((it) => [it.faceId, it]));
  const pairs = Map.groupBy(await listPairs(faceIds, [...byId.keys()]), (pair) => pair.from);
  return faceIds.map((id) => {
    const around = (pairs.get(id) ?? []).flatMap(({ to, distance }) => {
      const face = byId.get(to);
      return face === undefined ? [] : { ...face, distance };
    });
    return [id, around.toSorted((a, b) => a.distance - b.distance || (a.faceId < b.faceId ? -1 : 1))];
  });
}

async function neighboursOf(sight: Sight, faceId: string): Promise<SeenFace[]> {
  const known = sight.neighbourhoods.get(faceId);
  if (known !== undefined) return known;
  const near = withinReach(await sight.listNearest(faceId), sight);
  sight.neighbourhoods.set(faceId, near);
  return near;
}

const personOf = ({ given }: Sight, face: SeenFace) => face.personId ?? given.get(face.faceId) ?? null;

/** Assigns a core, and the faces near it that have no person, to one person. */
async function expandIfCore(sight: Sight, faceId: string): Promise<void> {
  const near = await neighboursOf(sight, faceId);
  const nobodys = near.filter((it) => isNobodys(sight, it)).map((it) => it.faceId);
  if (near.length < sight.facesMin || nobodys.length === 0) return;
  const personId =
    (await findPerson(sight, faceId, near)) ??
    (await findPersonBeyond(sight, near)) ??
    (await sight.insertPerson(faceId));
  await sight.assignFaces(nobodys, personId);
  for (const id of nobodys) sight.given.set(id, personId);
}

const isNobodys = (sight: Sight, face: SeenFace) => personOf(sight, face) === null && !face.isPlacedByUser;

/** The person that is reached over the fewest cores without a person. */
async function findPersonBeyond(sight: Sight, near: readonly SeenFace[]): Promise<string | undefined> {
  const reached = new Set(near.map((it) => it.faceId));
  const waiting = near.filter((it) => isNobodys(sight, it)).map((it) => it.faceId);
  for (let n = 0; n < Math.min(waiting.length, lookedBeyondMax); n++) {
    const faceId = waiting[n] ?? '';
    const around = await neighboursOf(sight, faceId);
    if (around.length < sight.facesMin) continue;
    const personId = await findPerson(sight, faceId, around);
    if (personId !== undefined) return personId;
    for (const face of around) {
      if (!reached.has(face.faceId) && isNobodys(sight, face)) waiting.push(face.faceId);
      reached.add(face.faceId);
    }
  }
  return undefined;
}

/** The core's own person, else that of the nearest core, else that of the nearest face that a user placed. */
async function findPerson(sight: Sight, core: string, near: readonly SeenFace[]): Promise<string | undefined> {
  const own = near.find((it) => it.faceId === core);
  const known = near.filter((it) => personOf(sight, it) !== null);
  for (const face of own === undefined ? known : [own, ...known]) {
    const personId = personOf(sight, face);
    if (personId !== null && (await neighboursOf(sight, face.faceId)).length >= sight.facesMin) return personId;
  }
  const placed = known.find((it) => it.isPlacedByUser);
  return placed === undefined ? undefined : (personOf(sight, placed) ?? undefined);
}
