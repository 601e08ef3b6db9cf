export interface Device {
  /** The browser or the model; empty if nothing tells. */
  deviceType: string;
  /** The operating system; empty if nothing tells. */
  deviceOS: string;
  /** The version of the mobile app; null for everything else. */
  appVersion: string | null;
}

/** The headers that say what a client runs on. */
export interface DeviceHeaders {
  userAgent?: string | undefined;
  /** Sent by the mobile app when it logs in. */
  deviceModel?: string | undefined;
  deviceType?: string | undefined;
}

const longest = 200;

/** What a client runs on, in the words that session lists show. */
export function describeDevice({ userAgent = '', deviceModel = '', deviceType = '' }: DeviceHeaders): Device {
  return {
    deviceType: findName(browsers, userAgent) ?? deviceModel.slice(0, longest),
    deviceOS: findName(systems, userAgent) ?? deviceType.slice(0, longest),
    appVersion: /^immich-(?:android|ios)\/([\w.+-]{1,40})/i.exec(userAgent)?.[1] ?? null,
  };
}

type Names = readonly (readonly [pattern: RegExp, name: string])[];

// In order: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
const browsers: Names = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bMobile\/.*\bSafari\//, 'Mobile Safari'],
  [/\bSafari\//, 'Safari'],
];

const systems: Names = [
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bCrOS\b/, 'Chrome OS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

function findName(names: Names, userAgent: string): string | undefined {
  return names.find(([pattern]) => pattern.test(userAgent))?.[1];
}
