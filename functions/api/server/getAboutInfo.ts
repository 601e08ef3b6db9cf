import { operation } from '../http/operation.ts';
import { contractVersion, darkroomVersion } from '../http/version.ts';
import { toolVersions } from './tool-versions.ts';

export const getAboutInfo = operation('getAboutInfo', {
  method: 'GET',
  path: '/server/about',
  auth: 'user',
  permission: 'server.about',
  status: 200,
  handler: async () => {
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
  },
});
