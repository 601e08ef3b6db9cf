import { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';

const seconds = (text: string) => z.coerce.number().positive().describe(text);
const count = (text: string) => z.coerce.number().int().positive().describe(text);
const flag = (text: string) =>
  z
    .enum(['true', 'false'])
    .transform((it) => it === 'true')
    .describe(text);

/** Absolute paths without `.`, `..` and a slash at the end; `/` is not allowed. */
const folder = z
  .string()
  .transform((text) => text.trim().replace(/(?<=[^/])\/+$/, ''))
  .refine((path) => /^(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/.test(path), 'Must be an absolute path below /');

/**
 * Every setting, by the name of its environment variable. The configuration table of the docs is generated from this.
 */
export const settings = z.object({
  DATABASE_URL: z.string().optional().describe('PostgreSQL with pgvector; without it the embedded database is used'),
  DARKROOM_DATA: z
    .string()
    .default('data')
    .describe('Folder of the embedded database, the originals and the face models'),
  DARKROOM_DB_POOL: count('Database connections of one process').default(4),
  DARKROOM_STORE: z.enum(['folder', 'minio']).default('folder').describe('Where originals and thumbnails live'),
  DARKROOM_STORE_PATH: z.string().optional().describe('Root of the folder store; DARKROOM_DATA/files without it'),
  DARKROOM_MINIO_ENDPOINT: z.url().optional().describe('For example http://minio:9000'),
  DARKROOM_MINIO_BUCKET: z.string().default('darkroom').describe('Bucket of the MinIO store'),
  DARKROOM_COPY_MIB: count(
    'MiB of the objects of buckets that may be copied to the temporary folder at a time; larger objects are not processed',
  ).default(1024),
  DARKROOM_MINIO_REGION: z.string().default('us-east-1').describe('Region of the bucket'),
  DARKROOM_MINIO_ACCESS_KEY: z.string().optional().describe('Access key of the MinIO store'),
  DARKROOM_MINIO_SECRET_KEY: z.string().optional().describe('Secret key of the MinIO store'),
  DARKROOM_WEBHOOK_TOKEN: z
    .string()
    .optional()
    .describe('Token that bucket notifications must send as Authorization: Bearer; without it all are refused'),
  DARKROOM_EXTERNAL_FOLDERS: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((it) => it.trim() !== ''))
    .pipe(z.array(folder))
    .describe(
      'Folders, separated by commas, below which external libraries may lie; Darkroom reads no other folders, and writes only its marker .darkroom-root there',
    ),
  DARKROOM_WATCH_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
    .optional()
    .describe('Another bucket of that MinIO that is watched and only read; its first level of folders are the owners'),
  DARKROOM_WATCH_FOLDER: folder
    .optional()
    .describe(
      'With DARKROOM_STORE=minio: a watched folder whose first level are the owners, read like library/ of the store',
    ),
  DARKROOM_SCAN_SLICE_SECONDS: seconds(
    'How long one request scans a watched folder before the next one continues',
  ).default(240),
  DARKROOM_SCAN_MISSING_HOURS: seconds(
    'How long a file of a watched folder must be missing before its photo is offline; two nightly scans in any case',
  ).default(24),
  DARKROOM_MODELS: z.string().optional().describe('Folder of the face models; DARKROOM_DATA/models without it'),
  DARKROOM_MODEL_SET: z.string().default('faceplugin').describe('Face model set: faceplugin or buffalo_l'),
  DARKROOM_MODEL_SOURCE: z
    .string()
    .optional()
    .describe('Folder or http(s) URL that holds det_10g.onnx and w600k_r50.onnx, for buffalo_l'),
  DARKROOM_MODEL_SHA256: z
    .string()
    .optional()
    .describe('SHA-256 that those files must have: name=hex, separated by commas; without it they are not checked'),
  DARKROOM_FACES: flag('Whether faces are detected').default(true),
  DARKROOM_QUEUE_CAP: count(
    'How many of one stage may be queued or active at a time; the rest stay pending, and owners take turns',
  ).default(16),
  DARKROOM_LEASE_SECONDS: seconds('How long the lease of a stage lasts without renewal').default(60),
  DARKROOM_MAX_ATTEMPTS: count('Attempts after which a stage fails').default(5),
  DARKROOM_MAX_PIXELS: count('Pictures with more pixels are not decoded').default(150_000_000),
  DARKROOM_DECODE_MIB: count(
    'Pictures whose pixels take more MiB are decoded in a child process, one at a time',
  ).default(192),
  DARKROOM_DECODE_MEMORY_MIB: count(
    'MiB of memory that such a process may take, or the photo fails; by default 55 % of the memory, at most 2048',
  ).optional(),
  DARKROOM_DECODE_SECONDS: seconds('How long a picture may be decoded, or the photo fails').default(60),
  DARKROOM_MISSING_PERCENT: z.coerce
    .number()
    .int()
    .min(0)
    .max(100)
    .describe('Percent of a picture that may be missing at the end of a truncated file; above it the photo fails')
    .default(25),
  DARKROOM_TRASH_DAYS: count('Days that trash is kept; without it as the settings say, 30 at first').optional(),
  DARKROOM_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Lowest level that is logged'),
  DARKROOM_IDLE_SECONDS: seconds('Embedded: the app sleeps after this time without work').default(60),
  DARKROOM_TRUSTED_PROXIES: z
    .string()
    .default('loopback')
    .describe(
      'Proxies whose X-Forwarded headers are trusted: addresses or networks, separated by commas; `loopback` is this computer. Any other client could send a false address and so evade the rate limit of logins',
    ),
  DARKROOM_EXTERNAL_URL: z.string().default('').describe('The address used in shared links'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url()
    .optional()
    .describe(
      'Collector that metrics are sent to, by OTLP over HTTP as JSON, say http://collector:4318; without it nothing is measured. `OTEL_EXPORTER_OTLP_HEADERS`, `_TIMEOUT` and `OTEL_RESOURCE_ATTRIBUTES` work as in OpenTelemetry',
    ),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: z
    .url()
    .optional()
    .describe('The same with its complete path, instead of the above'),
  OTEL_METRIC_EXPORT_INTERVAL: count('Milliseconds from one export to the next while a process runs').default(15_000),
  K_SINK: z.url().optional().describe('Where events are sent: the Broker; set by Knative or by the local runner'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe('Port that a function listens on'),
});

export type Config = Readonly<z.output<typeof settings>>;

/** Reads the settings from environment variables. @throws config/invalid naming each invalid variable */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => name in settings.shape && value !== ''),
  );
  const result = settings.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new DarkroomError('config/invalid', lines.join('; '));
}
