import { hasUsers } from '#shared/users/user.ts';
import { findSystemMetadata } from '#shared/settings/system-metadata.ts';
import { listExtensions } from '#shared/media/formats.ts';
import { restorableDays } from '#shared/accounts/remove-account.ts';
import type { ResponseOf } from '../contract.ts';
import type { PublicContext } from '../route.ts';
import { toolVersions } from './tool-versions.ts';
import { isOnboarded } from '../users/onboarding.ts';
import { contractVersion, darkroomVersion } from '../version.ts';

export const pingServer = async (): Promise<ResponseOf<'pingServer'>> => ({ res: 'pong' });

export const getServerVersion = async (): Promise<ResponseOf<'getServerVersion'>> => contractVersion;

export const getSupportedMediaTypes = async (): Promise<ResponseOf<'getSupportedMediaTypes'>> => ({
  image: listExtensions('image'),
  video: listExtensions('video'),
  sidecar: listExtensions('sidecar'),
});

export async function getServerFeatures({ ports }: PublicContext): Promise<ResponseOf<'getServerFeatures'>> {
  return {
    configFile: false,
    duplicateDetection: false,
    email: false,
    facialRecognition: ports.config.DARKROOM_FACES,
    importFaces: false,
    map: false,
    oauth: false,
    oauthAutoLaunch: false,
    ocr: false,
    passwordLogin: true,
    realtimeTranscoding: false,
    reverseGeocoding: true,
    search: false,
    sidecar: true,
    smartSearch: false,
    trash: true,
  };
}

export async function getServerConfig({ ports }: PublicContext): Promise<ResponseOf<'getServerConfig'>> {
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
}

export async function getAboutInfo(): Promise<ResponseOf<'getAboutInfo'>> {
  const { major, minor, patch } = contractVersion;
  return {
    version: `v${major}.${minor}.${patch}`,
    versionUrl: '',
    licensed: false,
    nodejs: process.version,
    ...toolVersions,
    build: darkroomVersion,
    repository: 'darkroom',
  };
}
