import { restorableDays } from '#shared/accounts/remove-account.ts';
import { findSystemMetadata } from '#shared/settings/system-metadata.ts';
import { hasUsers } from '#shared/users/user.ts';
import { operation } from '../http/operation.ts';
import { isOnboarded } from '../users/onboarding.ts';

export const getServerConfig = operation('getServerConfig', {
  method: 'GET',
  path: '/server/config',
  auth: 'public',
  status: 200,
  handler: async ({ ports }) => {
    const onboarding = await findSystemMetadata(ports.db, 'admin-onboarding');
    return {
      externalDomain: ports.config.DARKROOM_EXTERNAL_URL,
      isInitialized: await hasUsers(ports.db),
      isOnboarded: isOnboarded(onboarding),
      loginPageMessage: '',
      maintenanceMode: false,
      mapDarkStyleUrl: 'https://tiles.immich.cloud/v1/style/dark.json',
      mapLightStyleUrl: 'https://tiles.immich.cloud/v1/style/light.json',
      minFaces: 3,
      oauthButtonText: 'Login with OAuth',
      publicUsers: true,
      trashDays: ports.config.DARKROOM_TRASH_DAYS,
      userDeleteDelay: restorableDays,
    };
  },
});
