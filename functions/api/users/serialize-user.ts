import type { User } from '#shared/db/tables.ts';
import type { ResponseOf } from '../http/contract.ts';

export type UserResponse = ResponseOf<'getUser'>;
export type UserAdminResponse = ResponseOf<'getUserAdmin'>;
export type AvatarColor = UserResponse['avatarColor'];

export const avatarColors = [
  'primary',
  'pink',
  'red',
  'yellow',
  'blue',
  'green',
  'purple',
  'orange',
  'gray',
  'amber',
] as const satisfies readonly AvatarColor[];

/** The chosen colour, else one derived from the e-mail address as in Immich. */
export function avatarColorOf({ avatarColor, email }: Pick<User, 'avatarColor' | 'email'>): AvatarColor {
  const chosen = avatarColors.find((color) => color === avatarColor);
  if (chosen !== undefined) return chosen;
  const sum = Array.from(email, (letter) => letter.codePointAt(0) ?? 0).reduce((total, code) => total + code, 0);
  return avatarColors[sum % avatarColors.length] ?? 'primary';
}

/** The public fields of a user. */
export function serializeUser(user: User): UserResponse {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    profileImagePath: user.profileImagePath,
    avatarColor: avatarColorOf(user),
    profileChangedAt: user.profileChangedAt.toISOString(),
  };
}

/** The fields of a user for themselves and administrators. `license` is the value of that key in `user_metadata`. */
export function serializeUserAdmin(user: User, license: unknown): UserAdminResponse {
  return {
    ...serializeUser(user),
    clusterGroupId: user.clusterGroupId,
    createdAt: user.createdAt.toISOString(),
    deletedAt: user.deletedAt?.toISOString() ?? null,
    isAdmin: user.isAdmin,
    license: parseLicense(license) ?? null,
    oauthId: user.oauthId,
    quotaSizeInBytes: user.quotaSizeInBytes,
    quotaUsageInBytes: user.quotaUsageInBytes,
    shouldChangePassword: user.shouldChangePassword,
    status: user.status,
    storageLabel: user.storageLabel,
    updatedAt: user.updatedAt.toISOString(),
  };
}

/** undefined for an invalid licence. */
export function parseLicense(stored: unknown): NonNullable<UserAdminResponse['license']> | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { licenseKey, activationKey, activatedAt } = stored as Record<string, unknown>;
  if (typeof licenseKey !== 'string' || typeof activationKey !== 'string' || typeof activatedAt !== 'string') {
    return undefined;
  }
  return { licenseKey, activationKey, activatedAt };
}
