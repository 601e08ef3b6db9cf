import { sql } from 'kysely';
import { newId } from '#shared/ids/ids.ts';
import type { Db } from '#shared/db/db.ts';
import type { AssetFace } from '#shared/db/tables.ts';

/** In pixels of the picture in which the faces were detected. */
export interface FaceBox {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export interface FoundFace extends FaceBox {
  /** 0 to 1. */
  score: number;
  /** A vector of length 1, 512 numbers. */
  embedding: Float32Array;
}

export interface FacesOfAsset {
  assetId: string;
  ownerId: string;
  modelSet: string;
  imageWidth: number;
  imageHeight: number;
  faces: readonly FoundFace[];
}

/** Two boxes that overlap more than this are of one face. */
const overlapMin = 0.5;

/**
 * Replaces the faces of an asset. A face that was known before (the boxes overlap) keeps its id and person; faces that
 * a user drew, placed or removed stay unchanged except for the embedding; other faces are deleted. Idempotent.
 */
export async function replaceFaces(tx: Db, found: FacesOfAsset): Promise<void> {
  const existing = await tx
    .selectFrom('asset_face')
    .selectAll()
    .where('assetId', '=', found.assetId)
    .orderBy('id')
    .forUpdate()
    .execute();
  const matches = matchFaces(existing, found);
  const kept = new Set([...matches.values()].map((it) => it.id));
  const gone = existing.filter((it) => !kept.has(it.id) && !isOfUser(it)).map((it) => it.id);
  if (gone.length > 0) await tx.deleteFrom('asset_face').where('id', 'in', gone).execute();
  for (const face of found.faces) await writeFace(tx, found, face, matches.get(face));
}

const isOfUser = (face: AssetFace) =>
  face.sourceType !== 'machine-learning' || face.isPlacedByUser || face.deletedAt !== null;

async function writeFace(tx: Db, found: FacesOfAsset, face: FoundFace, known: AssetFace | undefined): Promise<void> {
  const { assetId, ownerId, modelSet, imageWidth, imageHeight } = found;
  const box = {
    modelSet,
    imageWidth,
    imageHeight,
    boundingBoxX1: Math.round(face.x1),
    boundingBoxY1: Math.round(face.y1),
    boundingBoxX2: Math.round(face.x2),
    boundingBoxY2: Math.round(face.y2),
    score: face.score,
  };
  const id = known?.id ?? newId();
  if (known === undefined) {
    await tx
      .insertInto('asset_face')
      .values({ id, assetId, personId: null, deletedAt: null, ...box })
      .execute();
  } else {
    const change = known.sourceType === 'machine-learning' ? box : { modelSet };
    await tx
      .updateTable('asset_face')
      .set({ ...change, updatedAt: sql`now()` })
      .where('id', '=', id)
      .execute();
  }
  await tx
    .insertInto('face_search')
    .values({ faceId: id, ownerId, modelSet, embedding: toVectorText(face.embedding) })
    .onConflict((conflict) =>
      conflict
        .column('faceId')
        .doUpdateSet({ modelSet: sql`excluded."modelSet"`, embedding: sql`excluded."embedding"` }),
    )
    .execute();
}

/** Pairs found and known faces, the best overlap first, each at most once. */
function matchFaces(existing: readonly AssetFace[], found: FacesOfAsset): Map<FoundFace, AssetFace> {
  const { imageWidth: width, imageHeight: height } = found;
  const pairs = found.faces.flatMap((face) =>
    existing.map((known) => ({ face, known, overlap: overlap(toShares(face, width, height), sharesOf(known)) })),
  );
  const matches = new Map<FoundFace, AssetFace>();
  const taken = new Set<string>();
  for (const pair of pairs.toSorted((a, b) => b.overlap - a.overlap)) {
    if (pair.overlap <= overlapMin || matches.has(pair.face) || taken.has(pair.known.id)) continue;
    matches.set(pair.face, pair.known);
    taken.add(pair.known.id);
  }
  return matches;
}

/** Converts a box to fractions of the picture, since pictures of one asset may have had different sizes. */
const toShares = ({ x1, y1, x2, y2 }: FaceBox, width: number, height: number): FaceBox => ({
  x1: x1 / width,
  y1: y1 / height,
  x2: x2 / width,
  y2: y2 / height,
});

const sharesOf = (face: AssetFace) =>
  toShares(
    { x1: face.boundingBoxX1, y1: face.boundingBoxY1, x2: face.boundingBoxX2, y2: face.boundingBoxY2 },
    face.imageWidth,
    face.imageHeight,
  );

function overlap(a: FaceBox, b: FaceBox): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return 0;
  const area = (it: FaceBox) => (it.x2 - it.x1) * (it.y2 - it.y1);
  return (width * height) / (area(a) + area(b) - width * height);
}

/** The text form of a pgvector value; half precision has less than five digits. */
export function toVectorText(embedding: Float32Array): string {
  return `[${Array.from(embedding, (it) => Number(it.toPrecision(5))).join(',')}]`;
}

/** The faces of an asset that no user removed, from left to right. */
export async function listFacesOf(db: Db, assetId: string): Promise<AssetFace[]> {
  return db
    .selectFrom('asset_face')
    .selectAll()
    .where('assetId', '=', assetId)
    .where('deletedAt', 'is', null)
    .orderBy('boundingBoxX1')
    .orderBy('id')
    .execute();
}

/** The ids of every face of an asset, removed ones too: each may have a portrait. */
export async function listFaceIdsOf(db: Db, assetId: string): Promise<string[]> {
  const rows = await db.selectFrom('asset_face').select('id').where('assetId', '=', assetId).orderBy('id').execute();
  return rows.map((row) => row.id);
}

/** Number of nearest faces that are compared: a face with more similar ones is already assigned to a person. */
const nearestMax = 200;

/** Locks the assignment of faces to people of this owner until the transaction ends. */
export async function lockPeopleOf(tx: Db, ownerId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`people:${ownerId}`}, 0))`.execute(tx);
}

/**
 * Up to this many faces of an owner are compared one by one; the index contains all owners' faces and would be slower.
 */
const comparedMax = 50_000;

/**
 * True if an owner has so few faces that comparing all of them is faster than the index, which is not partitioned by
 * owner.
 */
export async function hasFewFaces(tx: Db, ownerId: string, modelSet: string): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as "count" from (
      select from face_search where "ownerId" = ${ownerId} and "modelSet" = ${modelSet} limit ${comparedMax + 1}
    ) own`.execute(tx);
  return (rows[0]?.count ?? 0) <= comparedMax;
}

/**
 * Makes index scans return more candidates than by default until the transaction ends, and continue until enough of
 * them are the owner's.
 */
export async function searchWidely(tx: Db): Promise<void> {
  await sql`select set_config('hnsw.ef_search', ${String(nearestMax)}, true), set_config('hnsw.iterative_scan', 'strict_order', true)`.execute(
    tx,
  );
}

export interface NearFace {
  faceId: string;
  /** Cosine distance, 0 to 2; that of the face itself is 0. */
  distance: number;
}

/**
 * The owner's 200 faces of a model set that are nearest to one of them, after the face itself; none if the face has no
 * embedding. It compares all of them or uses the index (call `searchWidely` before). With a million faces it takes
 * about ten milliseconds, so do not call it while holding a lock. The owner is a parameter, since the planner needs its
 * value to estimate the owner's share of all faces.
 */
export async function listNearestFaces(
  tx: Db,
  faceId: string,
  { ownerId, modelSet, by }: { ownerId: string; modelSet: string; by: 'comparing' | 'index' },
): Promise<NearFace[]> {
  const distance = sql`s."embedding" <=> (select "embedding" from face)`;
  const isOwn = sql`"ownerId" = ${ownerId} and "modelSet" = ${modelSet}`;
  const { rows } = await sql<NearFace>`
    with face as (select "faceId", "embedding" from face_search where "faceId" = ${faceId} and ${isOwn}),
    nearest as materialized (
      select s."faceId", ${distance} as "distance" from face_search s
      where ${isOwn} and s."faceId" <> ${faceId} and exists (select from face)
      order by ${by === 'index' ? distance : sql`(${distance}) + 0`} limit ${nearestMax - 1}
    )
    select "faceId", 0::float8 as "distance" from face union all select "faceId", "distance" from nearest
    order by "distance", "faceId"`.execute(tx);
  const isOther = (it: NearFace) => Number(it.faceId !== faceId);
  return rows.toSorted((a, b) => isOther(a) - isOther(b));
}

export interface FaceStanding {
  faceId: string;
  personId: string | null;
  isPlacedByUser: boolean;
}

/** The present persons of some faces, unordered; removed faces and those of deleted assets are excluded. */
export async function listFaceStandings(tx: Db, faceIds: readonly string[]): Promise<FaceStanding[]> {
  const { rows } = await sql<FaceStanding>`
    select f."id" as "faceId", f."personId", f."isPlacedByUser"
    from asset_face f join asset on asset."id" = f."assetId"
    where f."id" = any(${[...faceIds]}::uuid[]) and f."deletedAt" is null and asset."status" <> 'deleted'`.execute(tx);
  return rows;
}

export interface FacePair {
  from: string;
  to: string;
  distance: number;
}

/** Pairs of faces from two lists within a cosine distance. */
export async function listFacePairs(
  tx: Db,
  from: readonly string[],
  to: readonly string[],
  distanceMax: number,
): Promise<FacePair[]> {
  if (from.length === 0 || to.length === 0) return [];
  const { rows } = await sql<FacePair>`
    select "from", "to", "distance" from (
      select a."faceId" as "from", b."faceId" as "to", a."embedding" <=> b."embedding" as "distance"
      from face_search a cross join face_search b
      where a."faceId" = any(${[...from]}::uuid[]) and b."faceId" = any(${[...to]}::uuid[]) offset 0
    ) pair where "distance" <= ${distanceMax}`.execute(tx);
  return rows;
}

/** The faces of an asset that have an embedding, in a fixed order. */
export async function listEmbeddedFaces(tx: Db, assetId: string, modelSet: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('asset_face')
    .innerJoin('face_search', 'face_search.faceId', 'asset_face.id')
    .select('asset_face.id')
    .where('asset_face.assetId', '=', assetId)
    .where('asset_face.deletedAt', 'is', null)
    .where('face_search.modelSet', '=', modelSet)
    .orderBy('asset_face.id')
    .execute();
  return rows.map((row) => row.id);
}

/** Assigns faces to a person. Faces that have a person already, or that a user placed, stay unchanged. */
export async function assignFaces(tx: Db, faceIds: readonly string[], personId: string): Promise<void> {
  if (faceIds.length === 0) return;
  await tx
    .updateTable('asset_face')
    .set({ personId, updatedAt: sql`now()` })
    .where('id', 'in', [...faceIds])
    .where('personId', 'is', null)
    .where('isPlacedByUser', '=', false)
    .execute();
}

/** Creates a person without a name from a face. Returns its id. */
export async function insertPerson(tx: Db, ownerId: string, faceId: string): Promise<string> {
  const id = newId();
  await tx.insertInto('person').values({ id, ownerId, birthDate: null, faceAssetId: faceId, color: null }).execute();
  return id;
}

export interface Portrait {
  personId: string;
  ownerId: string;
  faceId: string;
  /** The key of the preview that shows the face. */
  previewPath: string;
  face: Pick<
    AssetFace,
    'imageWidth' | 'imageHeight' | 'boundingBoxX1' | 'boundingBoxY1' | 'boundingBoxX2' | 'boundingBoxY2'
  >;
}

/** People of an owner without a portrait, with the face to render it from. */
export async function listMissingPortraits(db: Db, ownerId: string, limit: number): Promise<Portrait[]> {
  const rows = await db
    .selectFrom('person')
    .innerJoin('asset_face as face', 'face.id', 'person.faceAssetId')
    .innerJoin('asset_file as file', 'file.assetId', 'face.assetId')
    .select(['person.id as personId', 'person.ownerId', 'face.id as faceId', 'file.path as previewPath'])
    .select([
      'face.imageWidth',
      'face.imageHeight',
      'face.boundingBoxX1',
      'face.boundingBoxY1',
      'face.boundingBoxX2',
      'face.boundingBoxY2',
    ])
    .where('person.ownerId', '=', ownerId)
    .where('person.thumbnailPath', '=', '')
    .where('file.type', '=', 'preview')
    .where('file.isEdited', '=', false)
    .limit(limit)
    .execute();
  return rows.map(({ personId, ownerId: owner, faceId, previewPath, ...face }) => ({
    personId,
    ownerId: owner,
    faceId,
    previewPath,
    face,
  }));
}

/** Sets the key of a person's portrait, unless another face was chosen while it was rendered. */
export async function setPortrait(
  db: Db,
  { personId, faceId }: Pick<Portrait, 'personId' | 'faceId'>,
  thumbnailPath: string,
): Promise<void> {
  await db
    .updateTable('person')
    .set({ thumbnailPath, updatedAt: sql`now()` })
    .where('id', '=', personId)
    .where('faceAssetId', '=', faceId)
    .execute();
}
