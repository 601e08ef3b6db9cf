import type { BodyOf, ResponseOf } from '../http/contract.ts';

export type Preferences = ResponseOf<'getMyPreferences'>;
export type PreferencesUpdate = BodyOf<'updateMyPreferences'>;

const gibibyte = 2 ** 30;

/** The defaults of Immich 3.2.2. */
export const defaultPreferences: Preferences = {
  albums: { defaultAssetOrder: 'desc' },
  cast: { gCastEnabled: false },
  download: { archiveSize: 4 * gibibyte, includeEmbeddedVideos: false },
  emailNotifications: { enabled: true, albumInvite: true, albumUpdate: true },
  folders: { enabled: false, sidebarWeb: false },
  memories: { enabled: true, duration: 5, sidebarWeb: false },
  people: { enabled: true, minimumFaces: 3, sidebarWeb: false },
  purchase: { showSupportBadge: true, hideBuyButtonUntil: '2022-02-12T00:00:00.000Z' },
  ratings: { enabled: false },
  recentlyAdded: { sidebarWeb: false },
  sharedLinks: { enabled: true, sidebarWeb: false },
  tags: { enabled: false, sidebarWeb: false },
};

type Sections = Record<string, Record<string, unknown>>;

/** Merges stored preferences into the defaults; unknown stored keys are left out. */
export function parsePreferences(stored: unknown): Preferences {
  const sections = mapDefaults((section, key, value) => {
    const own = isRecord(stored) && isRecord(stored[section]) ? stored[section][key] : undefined;
    return typeof own === typeof value ? own : value;
  });
  return sections as unknown as Preferences;
}

/** Merges an update into preferences, field by field. */
export function mergePreferences(preferences: Preferences, update: PreferencesUpdate): Preferences {
  const [before, changes]: [Sections, Sections] = [preferences, update];
  const merged = mapDefaults((section, key) => changes[section]?.[key] ?? before[section]?.[key]);
  return merged as unknown as Preferences;
}

/** The difference from the defaults, which is stored and synced. */
export function toStoredPreferences(preferences: Preferences): Sections {
  const sections: Sections = preferences;
  const stored: Sections = {};
  mapDefaults((section, key, value) => {
    const own = sections[section]?.[key];
    if (own !== value) (stored[section] ??= {})[key] = own;
    return own;
  });
  return stored;
}

function mapDefaults(choose: (section: string, key: string, value: unknown) => unknown): Sections {
  return Object.fromEntries(
    Object.entries(defaultPreferences).map(([section, values]) => [
      section,
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, choose(section, key, value)])),
    ]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
