import { expect, test } from 'vitest';
import { parseConfig } from './config.ts';

test('without any variable the defaults of the embedded mode apply', () => {
  expect(parseConfig({})).toMatchObject({ DARKROOM_DATA: 'data', DARKROOM_STORE: 'folder', DARKROOM_FACES: true });
  expect(parseConfig({ DATABASE_URL: '' }).DATABASE_URL).toBeUndefined();
});

test('every invalid variable is named', () => {
  const wrong = { DARKROOM_STORE: 'ftp', DARKROOM_QUEUE_CAP: '-1', DARKROOM_FACES: 'yes' };
  for (const name of Object.keys(wrong)) {
    expect(() => parseConfig(wrong)).toThrow(
      expect.objectContaining({ code: 'config/invalid', message: expect.stringContaining(name) as unknown }),
    );
  }
});

test('unknown variables are ignored', () => {
  expect(parseConfig({ HOME: '/root', DARKROOM_NO_SUCH: 'x' })).not.toHaveProperty('HOME');
});

test('folders outside of the store are absolute paths, and not the root', () => {
  expect(parseConfig({ DARKROOM_EXTERNAL_FOLDERS: '/mnt/photos/, /srv/x y' }).DARKROOM_EXTERNAL_FOLDERS).toEqual([
    '/mnt/photos',
    '/srv/x y',
  ]);
  for (const wrong of ['/', '//', 'photos', '/a/../b', '/a//b', '/a/.']) {
    expect(() => parseConfig({ DARKROOM_EXTERNAL_FOLDERS: wrong })).toThrow(
      expect.objectContaining({ code: 'config/invalid' }),
    );
  }
});
