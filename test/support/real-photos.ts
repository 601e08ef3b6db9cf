import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** An optional folder of real pictures: DARKROOM_PHOTOS, or `shared/photos` beside the checkout. */
const root = process.env['DARKROOM_PHOTOS'] ?? join(import.meta.dirname, '../../../shared/photos');

/** The path of one of its folders; undefined if it is missing. */
export function findRealPhotos(folder: string): string | undefined {
  const path = join(root, folder);
  return existsSync(path) ? path : undefined;
}
