import { notYet, route, type Operations } from '../route.ts';
import { getServerStatistics } from './getServerStatistics.ts';
import { getStorage } from './getStorage.ts';
import {
  getAboutInfo,
  getServerConfig,
  getServerFeatures,
  getServerVersion,
  getSupportedMediaTypes,
  pingServer,
} from './server-facts.ts';

export const serverRoutes = {
  getAboutInfo: route({
    method: 'GET',
    path: '/server/about',
    auth: 'user',
    permission: 'server.about',
    status: 200,
    handler: getAboutInfo,
  }),
  getApkLinks: notYet({
    method: 'GET',
    path: '/server/apk-links',
    auth: 'user',
    permission: 'server.apkLinks',
    status: 200,
  }),
  getServerConfig: route({
    method: 'GET',
    path: '/server/config',
    auth: 'public',
    status: 200,
    handler: getServerConfig,
  }),
  getServerFeatures: route({
    method: 'GET',
    path: '/server/features',
    auth: 'public',
    status: 200,
    handler: getServerFeatures,
  }),
  deleteServerLicense: notYet({
    method: 'DELETE',
    path: '/server/license',
    auth: 'admin',
    permission: 'serverLicense.delete',
    status: 204,
  }),
  getServerLicense: notYet({
    method: 'GET',
    path: '/server/license',
    auth: 'admin',
    permission: 'serverLicense.read',
    status: 200,
  }),
  setServerLicense: notYet({
    method: 'PUT',
    path: '/server/license',
    auth: 'admin',
    permission: 'serverLicense.update',
    status: 200,
  }),
  getSupportedMediaTypes: route({
    method: 'GET',
    path: '/server/media-types',
    auth: 'public',
    status: 200,
    handler: getSupportedMediaTypes,
  }),
  pingServer: route({ method: 'GET', path: '/server/ping', auth: 'public', status: 200, handler: pingServer }),
  getServerStatistics: route({
    method: 'GET',
    path: '/server/statistics',
    auth: 'admin',
    permission: 'server.statistics',
    status: 200,
    handler: getServerStatistics,
  }),
  getStorage: route({
    method: 'GET',
    path: '/server/storage',
    auth: 'user',
    permission: 'server.storage',
    status: 200,
    handler: getStorage,
  }),
  getServerVersion: route({
    method: 'GET',
    path: '/server/version',
    auth: 'public',
    status: 200,
    handler: getServerVersion,
  }),
  getVersionCheck: notYet({
    method: 'GET',
    path: '/server/version-check',
    auth: 'user',
    permission: 'server.versionCheck',
    status: 200,
  }),
  getVersionHistory: notYet({ method: 'GET', path: '/server/version-history', auth: 'public', status: 200 }),
} satisfies Partial<Operations>;
