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
    const { machineLearning, map, oauth, server, trash } = await ports.settings();
    return {
      externalDomain: server.externalDomain,
      isInitialized: await hasUsers(ports.db),
      isOnboarded: isOnboarded(onboarding),
      loginPageMessage: server.loginPageMessage,
      maintenanceMode: false,
      mapDarkStyleUrl: map.darkStyle,
      mapLightStyleUrl: map.lightStyle,
      minFaces: machineLearning.facialRecognition.minFaces,
      oauthButtonText: oauth.buttonText,
      publicUsers: server.publicUsers,
      trashDays: trash.days,
      userDeleteDelay: restorableDays,
    };
  },
});
