import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import type { ResponseOf } from '#functions/api/http/contract.ts';
import { parseConfig } from '#shared/config/config.ts';
import { environmentSettings } from '#shared/platform/environment-settings.ts';
import { defaultSettings } from '#shared/settings/default-settings.ts';
import { createSettingsReader, readSettings, saveSettings } from '#shared/settings/settings.ts';
import { settingsSchema } from '#shared/settings/settings-schema.ts';
import { toPublicSettings, toUserSettings } from '#shared/settings/settings-views.ts';
import { findSystemMetadata, putSystemMetadata } from '#shared/settings/system-metadata.ts';
import { onBothDatabases } from './db/both-databases.ts';

onBothDatabases('the settings', (getDb) => {
  beforeEach(async () => {
    await getDb().deleteFrom('system_metadata').where('key', '=', 'system-config').execute();
  });

  test('of a new installation are the defaults, in the shape of the contract', async () => {
    const settings = await readSettings(getDb(), {});
    expect(settings).toEqual(defaultSettings);
    expect(settingsSchema.strict().parse(defaultSettings)).toEqual(defaultSettings);
    // What does not fit does not compile.
    settings satisfies ResponseOf<'getAdminConfig'>;
    toPublicSettings(settings) satisfies ResponseOf<'getPublicConfig'>;
    toUserSettings(settings) satisfies ResponseOf<'getUserConfig'>;
  });

  test('are stored as what differs from the defaults, and read back', async () => {
    const changed = { ...defaultSettings, trash: { days: 10, enabled: true }, theme: { customCss: 'a {}' } };
    await saveSettings(getDb(), changed, {});
    expect(await findSystemMetadata(getDb(), 'system-config')).toEqual({
      trash: { days: 10 },
      theme: { customCss: 'a {}' },
    });
    expect(await readSettings(getDb(), {})).toEqual(changed);
    await saveSettings(getDb(), defaultSettings, {});
    expect(await findSystemMetadata(getDb(), 'system-config')).toEqual({});
  });

  test('of the environment win over what is stored, and are not stored', async () => {
    await putSystemMetadata(getDb(), 'system-config', { trash: { days: 10 }, server: { loginPageMessage: 'Hello' } });
    const environment = environmentSettings(
      parseConfig({ DARKROOM_TRASH_DAYS: '5', DARKROOM_EXTERNAL_URL: 'https://photos.home', DARKROOM_FACES: 'false' }),
    );
    const settings = await readSettings(getDb(), environment);
    expect(settings.trash).toEqual({ days: 5, enabled: true });
    expect(settings.server).toEqual({
      externalDomain: 'https://photos.home',
      loginPageMessage: 'Hello',
      publicUsers: true,
    });
    expect(settings.machineLearning.facialRecognition.enabled).toBe(false);
    await saveSettings(getDb(), settings, environment);
    expect(await findSystemMetadata(getDb(), 'system-config')).toEqual({ server: { loginPageMessage: 'Hello' } });
    expect(environmentSettings(parseConfig({}))).toEqual({});
  });

  test('that this version does not take or know are its defaults, and the others stay', async () => {
    const stored = {
      trash: { days: 'many', enabled: false },
      oauth: 'on',
      ffmpeg: { crf: 99, twoPass: true },
      later: {},
    };
    await putSystemMetadata(getDb(), 'system-config', stored);
    const settings = await readSettings(getDb(), {});
    expect(settings).toEqual({
      ...defaultSettings,
      trash: { days: 30, enabled: false },
      ffmpeg: { ...defaultSettings.ffmpeg, twoPass: true },
    });
    await putSystemMetadata(getDb(), 'system-config', { oauth: { accountManagementUrl: 5, enabled: true } });
    expect((await readSettings(getDb(), {})).oauth).toEqual({ ...defaultSettings.oauth, enabled: true });
    await putSystemMetadata(getDb(), 'system-config', ['nothing of it']);
    expect(await readSettings(getDb(), {})).toEqual(defaultSettings);
  });

  test('that another process changed are known two seconds later', async () => {
    const read = createSettingsReader(getDb(), {});
    expect((await read()).trash.days).toBe(30);
    await saveSettings(getDb(), { ...defaultSettings, trash: { days: 3, enabled: true } }, {});
    expect((await read()).trash.days).toBe(30);
    await wait(2_100);
    expect((await Promise.all([read(), read(), read()])).map((it) => it.trash.days)).toEqual([3, 3, 3]);
  });
});
