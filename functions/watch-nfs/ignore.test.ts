import { expect, test } from 'vitest';
import { isIgnored } from './ignore.ts';

test.each([
  '.nfs0000000012',
  '.IMG_1.jpg.Xy12Za',
  '.~tmp~',
  '._IMG_1.jpg',
  '.DS_Store',
  '.stfolder',
  '.stversions',
  '.syncthing.IMG_1.jpg.tmp',
  '.darkroom-root',
  '~syncthing~IMG_1.jpg.tmp',
  '@eaDir',
  '#recycle',
  '#snapshot',
  '@Recycle',
  '$RECYCLE.BIN',
  'Thumbs.db',
  'THUMBS.DB',
  'lost+found',
  'IMG_1.jpg.part',
  'IMG_1.JPG.PART',
  'IMG_1.jpg.crdownload',
  'IMG_1.jpg.filepart',
  'IMG_1.tmp',
  'IMG_1.jpg~',
])('%s is not looked at', (name) => {
  expect(isIgnored(name)).toBe(true);
});

test.each(['IMG_1.jpg', 'part.jpg', 'tmp', '#1 birthday', '@home', 'eaDir', '%', '~ 1990', 'a~b.jpg', 'snapshot'])(
  '%s is looked at',
  (name) => {
    expect(isIgnored(name)).toBe(false);
  },
);
