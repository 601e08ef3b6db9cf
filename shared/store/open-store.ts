import { join, resolve } from 'node:path';
import type { Config } from '#shared/config/config.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { CopyBudget } from './copy-budget.ts';
import { ExternalFolders } from './external-folders.ts';
import { withExternalFolders } from './external-store.ts';
import { openFolderStore } from './folder-store.ts';
import { openMinioStore, type MinioOptions } from './minio-store.ts';
import { bucketLocation } from './location.ts';
import type { PrimaryStore, Store } from './store.ts';
import { withWatchedBucket } from './watched-bucket.ts';

export type StoreConfig = Pick<
  Config,
  | 'DARKROOM_DATA'
  | 'DARKROOM_EXTERNAL_FOLDERS'
  | 'DARKROOM_WATCH_BUCKET'
  | 'DARKROOM_WATCH_FOLDER'
  | 'DARKROOM_STORE'
  | 'DARKROOM_STORE_PATH'
  | 'DARKROOM_COPY_MIB'
  | 'DARKROOM_MINIO_ENDPOINT'
  | 'DARKROOM_MINIO_BUCKET'
  | 'DARKROOM_MINIO_REGION'
  | 'DARKROOM_MINIO_ACCESS_KEY'
  | 'DARKROOM_MINIO_SECRET_KEY'
>;

/** Extends a store by the folders and the bucket outside of it that may be read. @throws config/invalid */
export async function withOutside(
  config: StoreConfig,
  primary: Store,
  copies = openCopyBudget(config),
): Promise<Store> {
  const external = new ExternalFolders({ folders: externalFoldersOf(config), except: ownFoldersOf(config) });
  const store = withExternalFolders(primary, external);
  const watched = config.DARKROOM_WATCH_BUCKET;
  if (watched === undefined) return store;
  if (config.DARKROOM_STORE === 'minio' && watched === config.DARKROOM_MINIO_BUCKET)
    throw new DarkroomError('config/invalid', 'DARKROOM_WATCH_BUCKET is watched below library/ without being named');
  const bucket = await openMinioStore({ ...minioOptionsOf(config), bucket: watched, mustExist: true }, copies);
  return withWatchedBucket(store, { location: bucketLocation(watched), bucket });
}

export function openCopyBudget({ DARKROOM_COPY_MIB: mebibytes }: Pick<Config, 'DARKROOM_COPY_MIB'>): CopyBudget {
  return new CopyBudget(mebibytes * 2 ** 20);
}

/** Where files may be read by their absolute paths. */
export function externalFoldersOf({
  DARKROOM_EXTERNAL_FOLDERS: folders,
  DARKROOM_WATCH_FOLDER: watched,
}: Pick<Config, 'DARKROOM_EXTERNAL_FOLDERS' | 'DARKROOM_WATCH_FOLDER'>): readonly string[] {
  return watched === undefined ? folders : [...folders, watched];
}

/** Darkroom's own folders, as absolute paths; no library may lie there. */
export function ownFoldersOf(config: Pick<Config, 'DARKROOM_DATA' | 'DARKROOM_STORE_PATH'>): string[] {
  return [resolve(config.DARKROOM_DATA), resolve(storeFolderOf(config))];
}

/** The store named by the configuration. The folder or bucket need not exist. @throws config/invalid */
export async function openPrimaryStore(config: StoreConfig, copies = openCopyBudget(config)): Promise<PrimaryStore> {
  if (config.DARKROOM_STORE === 'folder') {
    return await openFolderStore(storeFolderOf(config));
  }
  return await openMinioStore(minioOptionsOf(config), copies);
}

/** @throws config/invalid */
export function minioOptionsOf(config: StoreConfig): MinioOptions {
  const url = new URL(requireSetting(config, 'DARKROOM_MINIO_ENDPOINT'));
  const useTls = url.protocol === 'https:';
  return {
    endpoint: url.hostname,
    port: url.port === '' ? (useTls ? 443 : 80) : Number(url.port),
    useTls,
    accessKey: requireSetting(config, 'DARKROOM_MINIO_ACCESS_KEY'),
    secretKey: requireSetting(config, 'DARKROOM_MINIO_SECRET_KEY'),
    bucket: config.DARKROOM_MINIO_BUCKET,
    region: config.DARKROOM_MINIO_REGION,
  };
}

export function storeFolderOf(config: Pick<Config, 'DARKROOM_DATA' | 'DARKROOM_STORE_PATH'>): string {
  return config.DARKROOM_STORE_PATH ?? join(config.DARKROOM_DATA, 'files');
}

function requireSetting(config: StoreConfig, name: Extract<keyof StoreConfig, `DARKROOM_MINIO_${string}`>): string {
  const value = config[name];
  if (value === undefined) throw new DarkroomError('config/invalid', `${name} is needed for the bucket`);
  return value;
}
