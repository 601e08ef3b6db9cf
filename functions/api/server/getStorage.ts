import { statfs } from 'node:fs/promises';
import { storeFolderOf } from '#shared/store/open-store.ts';
import { listUserUsage } from '#shared/users/user-usage.ts';
import type { ApiPorts } from '../http/api-ports.ts';
import { operation } from '../http/operation.ts';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** The usage of the disk of a folder store. A bucket has no known size: then only the sum of the users' usage is known. */
export const getStorage = operation('getStorage', {
  method: 'GET',
  path: '/server/storage',
  auth: 'user',
  permission: 'server.storage',
  status: 200,
  handler: async ({ ports }) => {
    const { sizeBytes, usedBytes, availableBytes } = await measure(ports);
    const percentage = sizeBytes === 0 ? 0 : (usedBytes / sizeBytes) * 100;
    return {
      diskSize: toText(sizeBytes),
      diskSizeRaw: sizeBytes,
      diskUse: toText(usedBytes),
      diskUseRaw: usedBytes,
      diskAvailable: toText(availableBytes),
      diskAvailableRaw: availableBytes,
      diskUsagePercentage: Math.round(percentage * 100) / 100,
    };
  },
});

async function measure({ db, store, config }: ApiPorts) {
  if (store.kind === 'minio') {
    const usedBytes = (await listUserUsage(db)).reduce((sum, user) => sum + user.usageBytes, 0);
    return { sizeBytes: 0, usedBytes, availableBytes: 0 };
  }
  const { bsize, blocks, bfree, bavail } = await statfs(storeFolderOf(config));
  return { sizeBytes: blocks * bsize, usedBytes: (blocks - bfree) * bsize, availableBytes: bavail * bsize };
}

function toText(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
