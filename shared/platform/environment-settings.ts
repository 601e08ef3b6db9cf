import type { Config } from '#shared/config/config.ts';
import type { SettingsOverrides } from '#shared/settings/settings-schema.ts';

/** The settings that the environment decides, whatever is stored. */
export function environmentSettings(
  config: Pick<Config, 'DARKROOM_TRASH_DAYS' | 'DARKROOM_EXTERNAL_URL' | 'DARKROOM_FACES'>,
): SettingsOverrides {
  const { DARKROOM_TRASH_DAYS: trashDays, DARKROOM_EXTERNAL_URL: externalUrl, DARKROOM_FACES: faces } = config;
  return {
    ...(trashDays !== undefined && { trash: { days: trashDays } }),
    ...(externalUrl !== '' && { server: { externalDomain: externalUrl } }),
    ...(!faces && { machineLearning: { facialRecognition: { enabled: false } } }),
  };
}
