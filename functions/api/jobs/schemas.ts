import { z } from 'zod';
import type { BodyOf } from '../contract.ts';

export const queueCommandBody = z.object({
  command: z.enum(['start', 'pause', 'resume', 'empty', 'clear-failed']),
  force: z.boolean().exactOptional(),
}) satisfies z.ZodType<BodyOf<'runQueueCommandLegacy'>>;

export const createJobBody = z.object({
  name: z.enum([
    'person-cleanup',
    'tag-cleanup',
    'user-cleanup',
    'memory-cleanup',
    'memory-create',
    'backup-database',
    'integrity-missing-files',
    'integrity-untracked-files',
    'integrity-checksum-mismatch',
    'integrity-missing-files-refresh',
    'integrity-untracked-files-refresh',
    'integrity-checksum-mismatch-refresh',
    'integrity-missing-files-delete-all',
    'integrity-untracked-files-delete-all',
    'integrity-checksum-mismatch-delete-all',
  ]),
}) satisfies z.ZodType<BodyOf<'createJob'>>;
