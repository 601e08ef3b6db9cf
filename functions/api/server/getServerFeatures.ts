import { operation } from '../http/operation.ts';

export const getServerFeatures = operation('getServerFeatures', {
  method: 'GET',
  path: '/server/features',
  auth: 'public',
  status: 200,
  handler: async ({ ports }) => {
    const { machineLearning, passwordLogin, reverseGeocoding, trash } = await ports.settings();
    return {
      configFile: false,
      duplicateDetection: false,
      email: false,
      facialRecognition: machineLearning.enabled && machineLearning.facialRecognition.enabled,
      importFaces: false,
      map: false,
      oauth: false,
      oauthAutoLaunch: false,
      ocr: false,
      passwordLogin: passwordLogin.enabled,
      realtimeTranscoding: false,
      reverseGeocoding: reverseGeocoding.enabled,
      search: false,
      sidecar: true,
      smartSearch: false,
      trash: trash.enabled,
    };
  },
});
