import { operation } from '../http/operation.ts';

export const getServerFeatures = operation('getServerFeatures', {
  method: 'GET',
  path: '/server/features',
  auth: 'public',
  status: 200,
  handler: async ({ ports }) => {
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
  },
});
