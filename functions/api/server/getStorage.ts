import { statfs } from 'node:fs/promises';
import { listUserUsage } from '#shared/users/user-usage.ts';
import { storeFolderOf } from '#shared/store/open-store.ts';
import type { ResponseOf } from '../contract.ts';
import type { ApiPorts } from '../ports.ts';
import type { RequestContext } from '../route.ts';

/** How full the disk of the folder store is. A bucket does not tell its size: then only what the users have is known. */
export async function getStorage({ ports }: RequestContext): Promise<ResponseOf<'getStorage'>> {
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
}

async function measure({ db, store, config }: ApiPorts) {
  if (store.kind === 'minio') {
    const usedBytes = (await listUserUsage(db)).reduce((sum, user) => sum + user.usageBytes, 0);
    return { sizeBytes: 0, usedBytes, availableBytes: 0 };
  }
  const { bsize, blocks, bfree, bavail } = await statfs(storeFolderOf(config));
  return { sizeBytes: blocks * bsize, usedBytes: (blocks - bfree) * bsize, availableBytes: bavail * bsize };
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

function toText(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
