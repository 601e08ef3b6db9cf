import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCameraPhotos } from '#test/fixtures/index.ts';

/** Paths of `count` photos of 12 megapixels (about 3.5 MB each). They are drawn once and kept in the temporary folder. */
export async function benchPhotos(count: number): Promise<string[]> {
  const folder = join(tmpdir(), `darkroom-bench-photos-${count}`);
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    console.log(`drawing ${count} photos of 12 megapixels in ${folder}`);
    await makeCameraPhotos(folder, count, { megapixels: 12 });
    await writeFile(complete, '');
  }
  const names = (await readdir(folder)).filter((name) => name.endsWith('.JPG')).toSorted();
  return names.map((name) => join(folder, name));
}
