import { Permission } from '@immich/sdk';
import { expect, test } from 'vitest';
import { isGranted, permissions } from './permissions.ts';

test('the permissions are those of the SDK, none missing and none twice', () => {
  expect([...permissions].sort()).toEqual(Object.values(Permission).sort());
});

test('`all` grants every permission, any other only itself', () => {
  expect(isGranted(['all'], ['asset.read', 'all'])).toBe(true);
  expect(isGranted(['asset.read', 'asset.upload'], ['asset.upload'])).toBe(true);
  expect(isGranted(['asset.read'], ['asset.read', 'asset.upload'])).toBe(false);
  expect(isGranted(['asset.read'], ['all'])).toBe(false);
});
