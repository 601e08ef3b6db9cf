import { expect, test } from 'vitest';
import { describeDevice } from './describe-device.ts';

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0`,
    'Edge',
    'Windows',
  ],
  [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/130.0.0.0 Safari/537.36`, 'Chrome', 'Linux'],
  [`Mozilla/5.0 (Linux; Android 14; Pixel 8) ${webkit} Chrome/130.0.0.0 Mobile Safari/537.36`, 'Chrome', 'Android'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0', 'Firefox', 'macOS'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Mobile Safari',
    'iOS',
  ],
  ['', '', ''],
  ['curl/8.5.0', '', ''],
])('%s', (userAgent, deviceType, deviceOS) => {
  expect(describeDevice({ userAgent })).toEqual({ deviceType, deviceOS, appVersion: null });
});

test('the mobile app sends its version, model and operating system', () => {
  const headers = { userAgent: 'immich-android/3.1.0', deviceModel: 'Pixel 8', deviceType: 'Android' };
  expect(describeDevice(headers)).toEqual({ deviceType: 'Pixel 8', deviceOS: 'Android', appVersion: '3.1.0' });
});
