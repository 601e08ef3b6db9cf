export interface Device {
  /** The browser or the model; empty if unknown. */
  deviceType: string;
  /** The operating system; empty if unknown. */
  deviceOS: string;
  /** The version of the mobile app; null for everything else. */
  appVersion: string | null;
}

/** The headers that describe the client's device. */
export interface DeviceHeaders {
  userAgent?: string | undefined;
  /** Sent by the mobile app when it logs in. */
  deviceModel?: string | undefined;
  deviceType?: string | undefined;
}

const longest = 200;

/** Describes a client's device for the list of sessions. */
export function describeDevice({ userAgent = '', deviceModel = '', deviceType = '' }: DeviceHeaders): Device {
  return {
    deviceType: findName(browsers, userAgent) ?? deviceModel.slice(0, longest),
    deviceOS: findName(systems, userAgent) ?? deviceType.slice(0, longest),
    appVersion: /^immich-(?:android|ios)\/([\w.+-]{1,40})/i.exec(userAgent)?.[1] ?? null,
  };
}

type Names = readonly (readonly [pattern: RegExp, name: string])[];

// The order matters: Edge and Opera also contain "Chrome", and Chrome contains "Safari".
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
