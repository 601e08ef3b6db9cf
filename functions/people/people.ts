import type { Db } from '#shared/db/db.ts';
import {
  assignFaces,
  insertPerson,
  hasFewFaces,
  listEmbeddedFaces,
  listFaceStandings,
  listFacePairs,
  listMissingPortraits,
  listNearestFaces,
  lockPeopleOf,
  searchWidely,
  setPortrait,
} from '#shared/people/asset-face.ts';
import type { Asset } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import type { Decoder } from '#shared/media/decoder.ts';
import { isDarkroomError } from '#shared/errors/errors.ts';
import type { Log } from '#shared/log/log.ts';
import type { StageResult } from '#shared/pipeline/run-stage.ts';
import { portraitKey } from '#shared/store/asset-keys.ts';
import type { Store } from '#shared/store/store.ts';
import { foresee, type LookPorts } from './group-foreseen.ts';

/** The thresholds for faces of one model set. */
export interface Likeness {
  name: string;
  /** Cosine distance up to which two faces may belong to one person. */
  distanceMax: number;
  /** So many faces near each other make a person. */
  facesMin: number;
}

/** Owners with too many faces to compare each pair. Cached, since counting the faces takes as long as searching them. */
export type CrowdedOwners = Set<string>;

/**
 * Finds the people of an asset's faces. Similar faces are searched before the owner's lock is taken.
 * @param crowded the cache of this process, which is updated here
 */
export async function findPeople(
  db: Db,
  asset: Asset,
  { name, ...options }: Likeness,
  crowded: CrowdedOwners = new Set(),
): Promise<StageResult> {
  const { distanceMax } = options;
  const { scope, group } = await inTransaction(db, async (tx) => {
    if (!crowded.has(asset.ownerId) && !(await hasFewFaces(tx, asset.ownerId, name))) crowded.add(asset.ownerId);
    const by = crowded.has(asset.ownerId) ? 'index' : 'comparing';
    const faceIds = await listEmbeddedFaces(tx, asset.id, name);
    const scope = { ownerId: asset.ownerId, modelSet: name, distanceMax, by } as const;
    return { scope, group: await foresee(lookIn(tx, scope), faceIds, options) };
  });
  return {
    lock: (tx) => lockPeopleOf(tx, asset.ownerId),
    write: (tx) =>
      group({
        ...lookIn(tx, scope),
        insertPerson: (faceId) => insertPerson(tx, asset.ownerId, faceId),
        assignFaces: (faceIds, personId) => assignFaces(tx, faceIds, personId),
      }),
  };
}

interface SearchScope {
  ownerId: string;
  modelSet: string;
  /** Cosine distance. */
  distanceMax: number;
  by: 'comparing' | 'index';
}

const lookIn = (tx: Db, scope: SearchScope): LookPorts => ({
  async listNearest(faceId) {
    if (scope.by === 'index') await searchWidely(tx);
    return await listNearestFaces(tx, faceId, scope);
  },
  listPairs: (from, to) => listFacePairs(tx, from, to, scope.distanceMax),
  listStandings: (faceIds) => listFaceStandings(tx, faceIds),
});

export interface PortraitPorts {
  db: Db;
  log: Log;
  store: Pick<Store, 'toLocalFile' | 'put'>;
  cropFace: Decoder['cropFace'];
}

const portraitsAtATime = 20;

/** Makes the missing portraits of an owner's people, also those that an earlier process left out. */
export async function makePortraits({ db, log, store, cropFace }: PortraitPorts, ownerId: string): Promise<void> {
  for (const { personId, faceId, previewPath, face } of await listMissingPortraits(db, ownerId, portraitsAtATime)) {
    try {
      await using preview = await store.toLocalFile(previewPath);
      const key = portraitKey(ownerId, faceId);
      await store.put(key, await cropFace(preview.path, face));
      await setPortrait(db, { personId, faceId }, key);
    } catch (error) {
      if (!isDarkroomError(error) || error.retry) throw error;
      log.warn({ err: error, personId }, 'no portrait could be made');
    }
  }
}
