import type { Db } from '#shared/db/db.ts';
import { changeUserMetadata, findUserMetadata } from '#shared/users/user-metadata.ts';
import {
  mergePreferences,
  parsePreferences,
  toStoredPreferences,
  type Preferences,
  type PreferencesUpdate,
} from './preferences.ts';

/** The stored preferences of a user, with defaults for the others. */
export async function getPreferences(db: Db, userId: string): Promise<Preferences> {
  return parsePreferences(await findUserMetadata(db, userId, 'preferences'));
}

/** Merges an update into a user's preferences; concurrent updates are not lost. */
export async function changePreferences(db: Db, userId: string, update: PreferencesUpdate): Promise<Preferences> {
  const stored = await changeUserMetadata(db, userId, 'preferences', (before) =>
    toStoredPreferences(mergePreferences(parsePreferences(before), update)),
  );
  return parsePreferences(stored);
}
