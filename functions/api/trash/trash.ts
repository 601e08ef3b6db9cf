import { deleteAssets } from '#shared/assets/asset.ts';
import * as trash from '#shared/assets/trash.ts';
import { requireAccess } from '../access.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';

const batch = 1000;

/** Deletes for good what is in the trash. What a killed request leaves there goes with the next. */
export async function emptyTrash({ ports, auth }: RequestContext): Promise<ResponseOf<'emptyTrash'>> {
  let count = 0;
  for (;;) {
    const rows = await trash.listTrash(ports.db, auth.user.id, batch);
    if (rows.length === 0) break;
    const ids = rows.map((row) => row.id);
    const deleted = new Set((await deleteAssets(ports.db, ids, 'trashed')).map((it) => it.id));
    count += trash.countShown(rows.filter((row) => deleted.has(row.id)));
  }
  ports.relay.kick();
  return { count };
}

export async function restoreTrash({ ports, auth }: RequestContext): Promise<ResponseOf<'restoreTrash'>> {
  return { count: await trash.restoreTrash(ports.db, auth.user.id) };
}

/** The answer counts the ids that were given, also those that were not in the trash. */
export async function restoreAssets(
  context: RequestContext,
  { ids }: BodyOf<'restoreAssets'>,
): Promise<ResponseOf<'restoreAssets'>> {
  await requireAccess(context, 'asset.delete', ids);
  await trash.restoreAssets(context.ports.db, ids);
  return { count: ids.length };
}
