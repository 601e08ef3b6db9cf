import type { EventFunction } from '#shared/platform/platform.ts';
import { createWatch } from './watch-minio.ts';

export const fn: EventFunction = { name: 'watch-minio', create: (platform) => createWatch(platform) };
