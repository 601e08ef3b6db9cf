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

/** What grouping sees and does. */
export interface GroupPorts {
  /** The faces most like one, however far, nearest first; the list begins with the face itself. */
  listNearest: (faceId: string) => Promise<SeenFace[]>;
  /** Every pair of the two lists within the distance. */
  listPairs: (from: readonly string[], to: readonly string[]) => Promise<Pair[]>;
  /** Makes a new person known by a face, and answers with its id. */
  insertPerson: (faceId: string) => Promise<string>;
  /** Gives faces to a person; those that are somebody's already, or that a user placed, stay where they are. */
  assignFaces: (faceIds: readonly string[], personId: string) => Promise<void>;
}

export interface GroupOptions {
  /** Two faces up to this distance are near each other. */
  distanceMax: number;
  /** A face with so many near it, itself counted, is a core. */
  facesMin: number;
}

/** In a crowd only so many neighbours are looked at again: the nearest, and the farthest, which may just have become cores. */
const lookedAtAgainMax = 16;

/** So many faces whose turn is still to come are looked at before a person is founded. */
const lookedBeyondMax = 64;

/**
 * Finds the person of one face that has arrived, as DBSCAN would, one face at a time: what is near a core belongs to
 * the core's person. Each face that was written has to be grouped after it, also one that is somebody's already, for
 * it may make a core of another.
 *
 * When all were grouped, each core and each face near one has a person, and no other face that a user did not place
 * has: exactly so where no face has more than 16 near it, and what is near those is among the nearest that
 * `listNearest` tells. It never merges persons and never moves a face that is somebody's, so that a name once given
 * stays true. Where all faces of a person are near each other, and those of two persons are not, the people that come
 * out are the same whatever the order in which the faces arrive. A face between two persons goes to the nearest core;
 * two groups that only a later face connects stay two persons, for a user to merge.
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
  /** What is near a face, nearest first, for the faces that were looked at. */
  neighbourhoods: Map<string, SeenFace[]>;
  /** The persons of faces that were given one since they were looked at. */
  given: Map<string, string>;
}

const withinReach = (seen: readonly SeenFace[], { distanceMax }: GroupOptions) =>
  seen.filter((it, n) => n === 0 || it.distance <= distanceMax);

function chooseAgain(faceIds: readonly string[]): readonly string[] {
  if (faceIds.length <= lookedAtAgainMax) return faceIds;
  return [...faceIds.slice(0, lookedAtAgainMax / 2), ...faceIds.slice(-lookedAtAgainMax / 2)];
}

/** What of `seen` is near each of some faces. */
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

/** Gives a core, and what near it is nobody's yet, to one person. */
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

/** The person that is reached over the fewest cores which are nobody's yet. */
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
