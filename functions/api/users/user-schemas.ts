import { z } from 'zod';
import type { BodyOf } from '../http/contract.ts';
import { parseDate } from '../http/parse-date.ts';
import { avatarColors } from './serialize-user.ts';

export const avatarColorField = z.enum(avatarColors);

/** A password that is checked but not set, without the rules for new passwords. */
export const passwordField = z.string().max(10_000);

export const pinCodeField = z.string().regex(/^\d{6}$/, 'Must be 6 digits');

const flag = z.boolean().exactOptional();

const positive = z.int().min(1).exactOptional();

const switches = z.object({ enabled: flag, sidebarWeb: flag }).exactOptional();

const date = z.string().refine((text) => parseDate(text) !== undefined, 'Must be a date');

export const preferencesBody = z.object({
  albums: z.object({ defaultAssetOrder: z.enum(['asc', 'desc']).exactOptional() }).exactOptional(),
  avatar: z.object({ color: avatarColorField.exactOptional() }).exactOptional(),
  cast: z.object({ gCastEnabled: flag }).exactOptional(),
  download: z.object({ archiveSize: positive, includeEmbeddedVideos: flag }).exactOptional(),
  emailNotifications: z.object({ albumInvite: flag, albumUpdate: flag, enabled: flag }).exactOptional(),
  folders: switches,
  memories: z.object({ duration: positive, enabled: flag, sidebarWeb: flag }).exactOptional(),
  people: z.object({ enabled: flag, minimumFaces: positive, sidebarWeb: flag }).exactOptional(),
  purchase: z.object({ hideBuyButtonUntil: date.exactOptional(), showSupportBadge: flag }).exactOptional(),
  ratings: z.object({ enabled: flag }).exactOptional(),
  recentlyAdded: z.object({ sidebarWeb: flag }).exactOptional(),
  sharedLinks: switches,
  tags: switches,
}) satisfies z.ZodType<BodyOf<'updateMyPreferences'>>;
