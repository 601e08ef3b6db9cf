import * as placing from '#shared/people/place-face.ts';
import type { Rows, SamplesOf } from '../sample.ts';

const box = {
  imageWidth: 1000,
  imageHeight: 1000,
  boundingBoxX1: 0,
  boundingBoxY1: 0,
  boundingBoxX2: 9,
  boundingBoxY2: 9,
};
const personOf = ({ personIds, userId }: Rows, index: 0 | 1) => ({ id: personIds[index], ownerId: userId });

export const samples: SamplesOf<typeof placing> = {
  listFacesOfPerson: (db, { personIds, assetIds }) => placing.listFacesOfPerson(db, personIds[0], assetIds[0]),
  moveFaces: (db, rows) => placing.moveFaces(db, rows.faceIds, personOf(rows, 1)),
  addDrawnFace: (db, rows) => placing.addDrawnFace(db, personOf(rows, 1), { ...box, assetId: rows.assetIds[0] }),
  async removeFace(db, { faceIds }) {
    await placing.removeFace(db, faceIds[0], 'hidden');
    await placing.removeFace(db, faceIds[0], 'forgotten');
  },
  deletePeople: (db, { userId, personIds }) => placing.deletePeople(db, userId, personIds),
  deletePeopleWithoutFaces: (db) => placing.deletePeopleWithoutFaces(db),
  mergePeople: (db, { userId, personIds }) => placing.mergePeople(db, userId, personIds),
  setFeatureFace: (db, rows) => placing.setFeatureFace(db, personOf(rows, 0), rows.assetIds[0]),
};
