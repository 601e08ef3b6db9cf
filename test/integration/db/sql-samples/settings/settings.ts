import { defaultSettings } from '#shared/settings/default-settings.ts';
import * as settings from '#shared/settings/settings.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof settings> = {
  readSettings: (db) => settings.readSettings(db, {}),
  saveSettings: (db) => settings.saveSettings(db, defaultSettings, {}),
};
