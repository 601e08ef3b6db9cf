import type { Db } from '#shared/db/db.ts';
import { listScanRoots } from '#shared/scans/scan-root.ts';
import type { ScanRoot } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';

/** A scanned tree by its path or its id. @throws resource/not-found, which lists the scanned trees */
export async function getScanRoot(db: Db, name: string): Promise<ScanRoot> {
  const roots = await listScanRoots(db);
  const root = roots.find((it) => it.id === name || it.path === name || `${it.path}/` === name);
  if (root !== undefined) return root;
  const known = roots.map((it) => it.path).join(', ');
  throw new DarkroomError('resource/not-found', `${name} is not scanned; scanned are: ${known || 'none'}`);
}
