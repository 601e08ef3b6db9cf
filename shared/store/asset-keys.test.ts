import { expect, test } from 'vitest';
import { derivedKey, originalKey, portraitKey } from './asset-keys.ts';
import { sidecarOf } from './sidecar-name.ts';
import { isStoreKey } from './store-key.ts';

const userId = '0b6f1c1e-5d1a-4c58-9f3b-0c7a2f6f3a10';
const assetId = 'A1B2c3d4-0000-4000-8000-000000000001';
const id = assetId.toLowerCase();

test('the files of an asset and of a face have keys that carry their ids', () => {
  const keys = [
    originalKey(userId, assetId, 'JPG'),
    sidecarOf(originalKey(userId, assetId, 'jpg')),
    derivedKey(userId, assetId, 'thumbnail.webp'),
    derivedKey(userId, assetId, 'preview.jpeg'),
    portraitKey(userId, assetId),
  ];
  expect(keys).toEqual([
    `upload/${userId}/a1/b2/${id}.jpg`,
    `upload/${userId}/a1/b2/${id}.jpg.xmp`,
    `thumbs/${userId}/a1/b2/${id}_thumbnail.webp`,
    `thumbs/${userId}/a1/b2/${id}_preview.jpeg`,
    `thumbs/${userId}/people/${id}.jpeg`,
  ]);
  expect(keys.every(isStoreKey)).toBe(true);
});

test.each(['', '.jpg', 'a/b', '../x', 'jpg\0', 'elevenchars', 'jp g'])('%j is no extension', (extension) => {
  expect(() => originalKey(userId, assetId, extension)).toThrow(/extension/);
});

test('an id that is not a UUID is refused', () => {
  expect(() => originalKey('../../etc', assetId, 'jpg')).toThrow(/UUID/);
  expect(() => derivedKey(userId, 'x', 'preview.jpeg')).toThrow(/UUID/);
});
