import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Somebody's database has these: they are never edited, and what comes later has a later name. The first digits of their SHA-256. */
const landed: Record<string, string> = {
  '0001_initial.ts': '876742156edc1fc1',
  '0002_libraries.ts': '94e0b41a0a85ab06',
  '0003_scans.ts': '05ca2c02f02d1033',
  '0004_bucket_listing.ts': '4cc8459a65fac08f',
  '0005_dead_letter_outcome.ts': '1720624b90017aee',
  '0006_offline.ts': '326f2c8d1470c499',
  '0007_refuse.ts': '4109ed6270949fb4',
  '0009_owner_folders.ts': 'da70ec4bf0f9f521',
  '0010_dependants.ts': '8f9767cbe209b6f7',
  '0011_stage_lanes.ts': '8f781fe47836f49d',
  '0012_store_identity.ts': '8d50bf8b2263a3bc',
  '0013_kept_counts.ts': '0aa15447b22b4fff',
  '0014_timeline_order.ts': '26ebdf3d52ed1f22',
  '0015_reason_codes.ts': '20852030cbc15ac7',
};

const folder = join(import.meta.dirname, '../migrations');

test('a migration that landed is never edited, and new ones come after it', async () => {
  const files = (await readdir(folder)).toSorted();
  const known = Object.keys(landed);
  for (const file of known) {
    const hash = createHash('sha256')
      .update(await readFile(join(folder, file)))
      .digest('hex');
    expect(hash.slice(0, 16), file).toBe(landed[file]);
  }
  expect(files.slice(0, known.length)).toEqual(known);
});
