import * as trash from '#shared/assets/trash.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof trash> = {
  restoreAssets: (db, { assetIds }) => trash.restoreAssets(db, assetIds),
  restoreTrash: (db, { userId }) => trash.restoreTrash(db, userId),
  restartTrashTime: (db, { assetIds }) => trash.restartTrashTime(db, assetIds[0]),
  listTrash: (db, { userId }) => trash.listTrash(db, userId, 10),
  keepTrashLonger: (db) => trash.keepTrashLonger(db),
};
