import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of real pictures, which a test may use and none needs: DARKROOM_PHOTOS, or `shared/photos` beside the checkout. */
const root = process.env['DARKROOM_PHOTOS'] ?? join(import.meta.dirname, '../../../shared/photos');

/** The path of one of its folders; undefined where there is none. */
export function findRealPhotos(folder: string): string | undefined {
  const path = join(root, folder);
  return existsSync(path) ? path : undefined;
}
