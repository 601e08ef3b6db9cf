import type { Settings } from './settings-schema.ts';

/** The settings that are visible without a login, as `PublicConfigDto` of the contract. */
export function toPublicSettings({ oauth, passwordLogin, server, theme }: Settings) {
  return {
    oauth: { autoLaunch: oauth.autoLaunch, buttonText: oauth.buttonText, enabled: oauth.enabled },
    passwordLogin: { enabled: passwordLogin.enabled },
    server: { loginPageMessage: server.loginPageMessage },
    theme: { customCss: theme.customCss },
  };
}

/** The settings that a user may see, as `UserConfigDto` of the contract. */
export function toUserSettings(settings: Settings) {
  const { ffmpeg, image, machineLearning, map, server, trash, user, reverseGeocoding } = settings;
  return {
    ...toPublicSettings(settings),
    ffmpeg: { realtime: ffmpeg.realtime },
    image: {
      fullsize: { enabled: image.fullsize.enabled },
      preview: { size: image.preview.size },
      thumbnail: { size: image.thumbnail.size },
    },
    machineLearning: {
      clip: { enabled: machineLearning.clip.enabled },
      duplicateDetection: { enabled: machineLearning.duplicateDetection.enabled },
      enabled: machineLearning.enabled,
      facialRecognition: {
        enabled: machineLearning.facialRecognition.enabled,
        minFaces: machineLearning.facialRecognition.minFaces,
      },
      ocr: { enabled: machineLearning.ocr.enabled },
    },
    map,
    reverseGeocoding,
    server,
    trash,
    user,
  };
}
