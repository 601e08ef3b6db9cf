/** A face near another one. */
export interface Neighbour {
  faceId: string;
  distance: number;
  personId: string | null;
  isPlacedByUser: boolean;
}

/** What grouping sees and does; every list is nearest first and begins with the face itself. */
export interface GroupPorts {
  listNeighbours: (faceId: string) => Promise<Neighbour[]>;
  /** Makes a new person known by a face, and answers with its id. */
  foundPerson: (faceId: string) => Promise<string>;
  /** Gives faces to a person; those that are somebody's already, or that a user placed, stay where they are. */
  assignFaces: (faceIds: readonly string[], personId: string) => Promise<void>;
}

/**
 * Finds the person of one face that has arrived, as DBSCAN would, one face at a time: a face with at least `facesMin`
 * faces near it, itself counted, is a core; what is near a core belongs to the core's person.
 *
 * It never merges persons and never moves a face that is somebody's, so that a name once given stays true. Where all
 * faces of a person are near each other, and those of two persons are not, the people that come out are the same
 * whatever the order in which the faces arrive. A face between two persons goes to the nearest core; two groups that
 * only a later face connects stay two persons, for a user to merge.
 * @see Ester et al., A density-based algorithm for discovering clusters, KDD 1996
 */
export async function groupFace(ports: GroupPorts, faceId: string, facesMin: number): Promise<void> {
  const near = await ports.listNeighbours(faceId);
  const assigned = new Set(near.filter((it) => it.personId !== null).map((it) => it.faceId));
  // Its arrival may have made a core of itself, and of those near it that were none.
  for (const candidate of near) {
    if (assigned.has(candidate.faceId) && assigned.has(faceId)) continue;
    const around = candidate.faceId === faceId ? near : await ports.listNeighbours(candidate.faceId);
    if (around.length < facesMin) continue;
    for (const id of await expandCore(ports, around, facesMin)) assigned.add(id);
  }
}

/** Gives a core, and what near it is nobody's yet, to one person. Answers with the faces that it gave. */
async function expandCore(ports: GroupPorts, around: readonly Neighbour[], facesMin: number): Promise<string[]> {
  const nobodys = around.filter((it) => it.personId === null && !it.isPlacedByUser).map((it) => it.faceId);
  const [core] = around;
  if (core === undefined || nobodys.length === 0) return [];
  const personId = (await findPerson(ports, around, facesMin)) ?? (await ports.foundPerson(core.faceId));
  await ports.assignFaces(nobodys, personId);
  return nobodys;
}

/** Its own person, else that of the nearest core, else that of the nearest face that a user placed. */
async function findPerson(
  ports: GroupPorts,
  around: readonly Neighbour[],
  facesMin: number,
): Promise<string | undefined> {
  const known = around.filter((it) => it.personId !== null);
  for (const it of known) {
    const isCore = it === around[0] || (await ports.listNeighbours(it.faceId)).length >= facesMin;
    if (isCore && it.personId !== null) return it.personId;
  }
  return known.find((it) => it.isPlacedByUser)?.personId ?? undefined;
}
