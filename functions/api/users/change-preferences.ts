import type { Db } from '#shared/db/db.ts';
import { changeUserMetadata, findUserMetadata } from '#shared/users/user-metadata.ts';
import {
  mergePreferences,
  parsePreferences,
  toStoredPreferences,
  type Preferences,
  type PreferencesUpdate,
} from './preferences.ts';

/** The preferences of a user, the defaults where nothing else was chosen. */
export async function getPreferences(db: Db, userId: string): Promise<Preferences> {
  return parsePreferences(await findUserMetadata(db, userId, 'preferences'));
}

/** Lays an update over a user's preferences; of two at once neither is lost. */
export async function changePreferences(db: Db, userId: string, update: PreferencesUpdate): Promise<Preferences> {
  const stored = await changeUserMetadata(db, userId, 'preferences', (before) =>
    toStoredPreferences(mergePreferences(parsePreferences(before), update)),
  );
  return parsePreferences(stored);
}
