import * as assetFace from '#shared/people/asset-face.ts';
import type { SamplesOf } from '../sample.ts';

const embedding = new Float32Array(512).fill(0.044);

export const samples: SamplesOf<typeof assetFace> = {
  replaceFaces: (db, { assetIds, userId }) =>
    assetFace.replaceFaces(db, {
      assetId: assetIds[0],
      ownerId: userId,
      modelSet: 'test',
      imageWidth: 1000,
      imageHeight: 1000,
      faces: [
        { x1: 0, y1: 10, x2: 100, y2: 110, score: 0.9, embedding },
        { x1: 800, y1: 800, x2: 900, y2: 900, score: 0.9, embedding },
      ],
    }),
  listFacesOf: (db, { assetIds }) => assetFace.listFacesOf(db, assetIds[0]),
  listFaceIdsOf: (db, { assetIds }) => assetFace.listFaceIdsOf(db, assetIds[0]),
  lockPeopleOf: (db, { userId }) => assetFace.lockPeopleOf(db, userId),
  searchWidely: (db) => assetFace.searchWidely(db),
  listFaceStandings: (db, { faceIds }) => assetFace.listFaceStandings(db, faceIds),
  hasFewFaces: (db, { userId }) => assetFace.hasFewFaces(db, userId, 'test'),
  listNearestFaces: (db, { faceIds, userId }) =>
    assetFace.listNearestFaces(db, faceIds[0], { ownerId: userId, modelSet: 'test', by: 'index' }),
  listFacePairs: (db, { faceIds }) => assetFace.listFacePairs(db, faceIds, faceIds, 0.5),
  listEmbeddedFaces: (db, { assetIds }) => assetFace.listEmbeddedFaces(db, assetIds[0], 'test'),
  assignFaces: (db, { faceIds, personIds }) => assetFace.assignFaces(db, faceIds, personIds[0]),
  insertPerson: (db, { userId, faceIds }) => assetFace.insertPerson(db, userId, faceIds[0]),
  listMissingPortraits: (db, { userId }) => assetFace.listMissingPortraits(db, userId, 10),
  setPortrait: (db, { personIds: [personId], faceIds: [faceId] }) =>
    assetFace.setPortrait(db, { personId, faceId }, 'portrait.jpg'),
};
