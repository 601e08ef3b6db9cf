import { listAccessibleAlbums, listAccessibleAssets, listOwnFaces, listOwnPeople } from '#shared/access/access.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { RequestContext } from './operation.ts';

const readAsset = (context: Caller, ids: Ids) =>
  listAccessibleAssets(context.ports.db, callerOf(context), ids, 'shared');
const changeAsset = (context: Caller, ids: Ids) =>
  listAccessibleAssets(context.ports.db, callerOf(context), ids, 'own');
/** Locked assets cannot be shared, not even with the PIN code. */
const shareAsset = (context: Caller, ids: Ids) =>
  listAccessibleAssets(context.ports.db, { ...callerOf(context), seesLocked: false }, ids, 'own');
const album = (roles: readonly ('owner' | 'editor' | 'viewer')[]) => (context: Caller, ids: Ids) =>
  listAccessibleAlbums(context.ports.db, context.auth.user.id, ids, roles);
const person = (context: Caller, ids: Ids) => listOwnPeople(context.ports.db, callerOf(context), ids);
const face = (context: Caller, ids: Ids) => listOwnFaces(context.ports.db, callerOf(context), ids);

/** Access rules: each returns the subset of the ids for which the caller has the permission. */
const rules = {
  'asset.read': readAsset,
  'asset.view': readAsset,
  'asset.download': readAsset,
  'asset.statistics': readAsset,
  'asset.share': shareAsset,
  'asset.update': changeAsset,
  'asset.delete': changeAsset,
  'album.read': album(['owner', 'editor', 'viewer']),
  'album.statistics': album(['owner', 'editor', 'viewer']),
  'album.download': album(['owner', 'editor', 'viewer']),
  'album.update': album(['owner', 'editor']),
  'album.delete': album(['owner']),
  'album.share': album(['owner', 'editor']),
  'albumAsset.create': album(['owner', 'editor']),
  'albumAsset.delete': album(['owner', 'editor']),
  'person.read': person,
  'person.update': person,
  'person.delete': person,
  'person.statistics': person,
  'person.merge': person,
  'person.reassign': person,
  // The ids are those of faces, which become a person's.
  'person.create': face,
  'face.read': face,
  'face.update': face,
  'face.delete': face,
} satisfies Record<string, Rule>;

type Caller = Pick<RequestContext, 'ports' | 'auth'>;
type Ids = readonly string[];
type Rule = (context: Caller, ids: Ids) => Promise<Set<string>>;

export type AccessPermission = keyof typeof rules;
export type AssetPermission = Extract<AccessPermission, `asset.${string}`>;

const callerOf = ({ auth }: Caller) => ({
  userId: auth.user.id,
  seesLocked: auth.session?.hasElevatedPermission === true,
});

/** The subset of the ids for which the caller has the permission. */
export async function listAllowed(context: Caller, permission: AccessPermission, ids: Ids): Promise<Set<string>> {
  return ids.length === 0 ? new Set() : rules[permission](context, [...new Set(ids)]);
}

/** The first call of a handler. The error is the same for missing objects and for those of others. @throws access/denied */
export async function requireAccess(context: Caller, permission: AccessPermission, ids: Ids): Promise<void> {
  const allowed = await listAllowed(context, permission, ids);
  if (ids.some((id) => !allowed.has(id)))
    throw new DarkroomError('access/denied', `Not found or no ${permission} access`);
}
