import { expect, test } from 'vitest';
import { parseConfig } from '#shared/config/config.ts';
import { componentsOf } from './components.ts';

const componentsFor = (env: Record<string, string>) => componentsOf(parseConfig({ DARKROOM_DATA: '/data', ...env }));

test('the library of a folder store is watched', () => {
  expect(componentsFor({})).toEqual(['watch-nfs']);
  expect(componentsFor({ DARKROOM_WATCH_BUCKET: 'photos' })).toEqual(['watch-minio', 'watch-nfs']);
});

test('a bucket is watched, and configured folders too', () => {
  expect(componentsFor({ DARKROOM_STORE: 'minio' })).toEqual(['watch-minio']);
  for (const name of ['DARKROOM_WATCH_FOLDER', 'DARKROOM_EXTERNAL_FOLDERS'])
    expect(componentsFor({ DARKROOM_STORE: 'minio', [name]: '/mnt/photos' })).toEqual(['watch-minio', 'watch-nfs']);
});
