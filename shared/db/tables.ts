import type { ColumnType, Generated, Insertable, Selectable, Updateable } from 'kysely';

type Default<T> = ColumnType<T, T | undefined, T>;
/** jsonb: read as its value, written as JSON text. */
type Json<T> = ColumnType<T, string, string>;
/** Beyond 2^53: written as decimal text, and read as text by a cast; without the cast the last digits are lost. */
type BigIntText = ColumnType<never, string | null, string | null>;

/** Part of an asset's moment: changed only by `writeMoments`. */
type OfMoment<T> = ColumnType<T, T, never>;

export interface UserTable {
  id: string;
  email: string;
  password: string | null;
  name: Default<string>;
  avatarColor: string | null;
  isAdmin: Default<boolean>;
  shouldChangePassword: Default<boolean>;
  storageLabel: string | null;
  oauthId: Default<string>;
  clusterGroupId: Generated<string>;
  profileImagePath: Default<string>;
  profileChangedAt: Default<Date>;
  quotaSizeInBytes: number | null;
  quotaUsageInBytes: Default<number>;
  status: Default<'active' | 'removing' | 'deleted'>;
  pinCode: string | null;
  createdAt: Default<Date>;
  updatedAt: Default<Date>;
  deletedAt: Date | null;
}

export interface UserMetadataTable {
  userId: string;
  key: string;
  value: Json<unknown>;
}

export interface SystemMetadataTable {
  key: string;
  value: Json<unknown>;
}

export interface SessionTable {
  id: string;
  token: Buffer;
  userId: string;
  parentId: string | null;
  deviceType: Default<string>;
  deviceOS: Default<string>;
  appVersion: string | null;
  expiresAt: Date | null;
  pinExpiresAt: Date | null;
  isPendingSyncReset: Default<boolean>;
  oauthSid: string | null;
  oauthBearerToken: string | null;
  createdAt: Default<Date>;
  updatedAt: Default<Date>;
}

export interface ApiKeyTable {
  id: string;
  name: string;
  key: Buffer;
  userId: string;
  permissions: string[];
  createdAt: Default<Date>;
  updatedAt: Default<Date>;
}

/** Failed logins since the last success, per account and address. */
export interface LoginAttemptTable {
  /** A hash of account and address. */
  key: Buffer;
  attempts: number;
  /** Attempts before this time are refused without checking the password. */
  nextAt: Date;
}

export type AssetType = 'IMAGE' | 'VIDEO' | 'AUDIO' | 'OTHER';
export type AssetVisibility = 'timeline' | 'archive' | 'hidden' | 'locked';
/**
 * `deleted` rows are in no list and not in the checksum index; sweep removes their files on `asset.deleted`, then the
 * row.
 */
export type AssetStatus = 'active' | 'trashed' | 'deleted';

export interface AssetTable {
  id: string;
  ownerId: string;
  libraryId: string | null;
  type: AssetType;
  status: Default<AssetStatus>;
  visibility: Default<AssetVisibility>;
  checksum: Buffer;
  checksumAlgorithm: Default<string>;
  originalPath: string;
  originalFileName: string;
  fileSizeInByte: number;
  fileCreatedAt: OfMoment<Date>;
  fileModifiedAt: Date;
  localDateTime: OfMoment<Date>;
  width: number | null;
  height: number | null;
  thumbhash: Buffer | null;
  /**
   * These five are copies of asset_exif: a month of the timeline shows them and would otherwise read 4,000 rows there.
   */
  city: Default<string | null>;
  country: Default<string | null>;
  projectionType: Default<string | null>;
  latitude: Default<number | null>;
  longitude: Default<number | null>;
  /** Milliseconds. */
  duration: number | null;
  isFavorite: Default<boolean>;
  /** The original is missing. Such an asset is hidden like trash, and never deleted because of its age. */
  isOffline: Default<boolean>;
  /** While it is offline: the status that is restored when the file comes back. */
  statusWhenSeen: Default<AssetStatus | null>;
  isExternal: Default<boolean>;
  isEdited: Default<boolean>;
  livePhotoVideoId: string | null;
  stackId: string | null;
  duplicateId: string | null;
  createdAt: Default<Date>;
  updatedAt: Default<Date>;
  deletedAt: Date | null;
}

export interface AssetExifTable {
  assetId: string;
  make: string | null;
  model: string | null;
  lensModel: string | null;
  exifImageWidth: number | null;
  exifImageHeight: number | null;
  fileSizeInByte: number | null;
  orientation: string | null;
  dateTimeOriginal: OfMoment<Date | null>;
  modifyDate: Date | null;
  timeZone: OfMoment<string | null>;
  latitude: number | null;
  longitude: number | null;
  city: string | null;
  state: string | null;
  country: string | null;
  description: Default<string>;
  fNumber: number | null;
  focalLength: number | null;
  iso: number | null;
  exposureTime: string | null;
  fps: number | null;
  livePhotoCID: string | null;
  projectionType: string | null;
  profileDescription: string | null;
  colorspace: string | null;
  bitsPerSample: number | null;
  autoStackId: string | null;
  rating: number | null;
  tags: string[] | null;
  /** Columns that the user edited: a new extraction does not change them. */
  lockedProperties: Default<string[]>;
  updatedAt: Default<Date>;
}

export type AssetFileType = 'thumbnail' | 'preview' | 'fullsize' | 'sidecar' | 'encoded_video';

export interface AssetFileTable {
  id: Generated<string>;
  assetId: string;
  type: AssetFileType;
  isEdited: Default<boolean>;
  path: string;
  createdAt: Default<Date>;
  updatedAt: Default<Date>;
}

export interface AssetMetadataTable {
  assetId: string;
  key: string;
  value: Json<unknown>;
  updatedAt: Default<Date>;
}

export interface AlbumTable {
  id: string;
  albumName: string;
  description: Default<string>;
  albumThumbnailAssetId: string | null;
  isActivityEnabled: Default<boolean>;
  order: Default<'asc' | 'desc'>;
  createdAt: Default<Date>;
  updatedAt: Default<Date>;
}

export interface AlbumUserTable {
  albumId: string;
  userId: string;
  role: 'owner' | 'editor' | 'viewer';
  createdAt: Default<Date>;
}

export interface AlbumAssetTable {
  albumId: string;
  assetId: string;
  createdAt: Default<Date>;
}

export interface PersonTable {
  id: string;
  ownerId: string;
  name: Default<string>;
  /** `YYYY-MM-DD`. */
  birthDate: string | null;
  thumbnailPath: Default<string>;
  faceAssetId: string | null;
  color: string | null;
  isHidden: Default<boolean>;
  isFavorite: Default<boolean>;
  createdAt: Default<Date>;
  updatedAt: Default<Date>;
}

export interface AssetFaceTable {
  id: string;
  assetId: string;
  personId: string | null;
  modelSet: string;
  imageWidth: number;
  imageHeight: number;
  boundingBoxX1: number;
  boundingBoxY1: number;
  boundingBoxX2: number;
  boundingBoxY2: number;
  score: number | null;
  sourceType: Default<'machine-learning' | 'exif' | 'manual'>;
  isPlacedByUser: Default<boolean>;
  updatedAt: Default<Date>;
  deletedAt: Date | null;
}

export interface FaceSearchTable {
  faceId: string;
  ownerId: string;
  modelSet: string;
  /** The text form of a pgvector value: `[0.1,…]`, 512 numbers. */
  embedding: string;
}

export const stages = ['metadata', 'thumbnail', 'faces', 'people', 'transcode'] as const;
export type Stage = (typeof stages)[number];

/** pending -> queued (an event is under way) -> active (a function holds the lease) -> done, failed or unsupported. */
export type StageState = 'pending' | 'queued' | 'active' | 'done' | 'failed' | 'unsupported';

export interface AssetStageTable {
  assetId: string;
  stage: Stage;
  state: Default<StageState>;
  recipe: string | null;
  /** Why there is no result, or a warning about the result, as text for people. */
  reason: string | null;
  /** Why it failed: the code of an error (`ErrorCode`). */
  code: Default<string | null>;
  attempts: Default<number>;
  holder: string | null;
  leaseUntil: Date | null;
  /** The asset's owner while the stage is open; set by the database. */
  ownerId: Default<string | null>;
  kind: Default<AssetType | null>;
  createdAt: Default<Date>;
  changedAt: Default<Date>;
}

/** A folder tree outside of the store that Darkroom reads and never writes to. */
export interface LibraryTable {
  id: string;
  ownerId: string;
  name: string;
  importPaths: Default<string[]>;
  exclusionPatterns: Default<string[]>;
  createdAt: Default<Date>;
  updatedAt: Default<Date>;
  /** When the last scan ended that was requested, full, or found a change. */
  refreshedAt: Date | null;
  /** When a scan was requested that has not ended; null if none is pending. */
  scanRequestedAt: Default<Date | null>;
  deletedAt: Date | null;
}

export interface OutboxTable {
  id: string;
  type: string;
  source: string;
  subject: string;
  data: Json<unknown>;
  traceparent: string | null;
  /** The event is kept after it was sent, until its receiver has handled it. */
  isAcknowledged: Default<boolean>;
  attempts: Default<number>;
  createdAt: Default<Date>;
  nextTryAt: Default<Date>;
}

/**
 * `deleted-by-owner`: the file of a deleted asset, which Darkroom may not delete. `given-up`: the request that wrote it
 * failed and reported that to its client. `abandoned`: the process that wrote it died.
 */
export type RefusalCode = 'deleted-by-owner' | 'given-up' | 'abandoned';

export interface StoredObjectTable {
  store: string;
  key: string;
  state: 'reserved' | 'asset' | 'duplicate' | 'unowned' | 'refused';
  assetId: string | null;
  ownerId: string | null;
  sizeBytes: number | null;
  version: string | null;
  /** Why it belongs to no asset, as text for people. */
  reason: string | null;
  /** The reason for a refused object as a code, if code depends on it. */
  code: Default<RefusalCode | null>;
  /** The owner folder: a storage label or a user's id. */
  ownerFolder: Default<string | null>;
  holder: string | null;
  leaseUntil: Date | null;
  createdAt: Default<Date>;
  changedAt: Default<Date>;
}

/** `settled`: the work of its event was done meanwhile, or is no longer needed. */
export type LetterOutcome = 'redriven' | 'settled' | 'discarded';

export interface DeadLetterTable {
  id: string;
  eventId: string;
  eventType: string;
  source: string;
  subject: string;
  data: Json<unknown>;
  destination: string | null;
  errorCode: number | null;
  reason: string | null;
  receivedAt: Default<Date>;
  /** When it was closed; `outcome` is the reason. */
  redrivenAt: Date | null;
  outcome: LetterOutcome | null;
  /** Why it was discarded. */
  note: string | null;
}

/** Progress and results of watch-minio's listing of a bucket. */
export interface BucketListingTable {
  bucket: string;
  holder: string | null;
  leaseUntil: Date | null;
  /** When the running listing started. */
  startedAt: Date | null;
  /** First all objects are listed, then the missing ones are checked. */
  phase: Default<'listing' | 'checking'>;
  /** The last key that the phase has handled. */
  cursor: string | null;
  objects: Default<number>;
  finishedAt: Date | null;
  finishedObjects: number | null;
  notifiedAt: Date | null;
  /** Total number of objects that were found by a listing and never notified. */
  lostCreated: Default<number>;
  lostRemoved: Default<number>;
  haltedAt: Date | null;
  haltedReason: string | null;
  /** An administrator approved: the missing objects were really removed. */
  isConfirmed: Default<boolean>;
}

export interface BucketMissingTable {
  bucket: string;
  key: string;
  version: string | null;
}

/** A folder tree that watch-nfs scans. */
export interface ScanRootTable {
  id: string;
  path: string;
  /** The store name of its files in events. */
  store: string;
  /** The prefix that turns a file's path below `path` into its location. */
  prefix: string;
  libraryId: string | null;
  /** Identifies the tree, to detect another one mounted at its path; null before its first scan. */
  marker: string | null;
  holder: string | null;
  leaseUntil: Date | null;
  /** Incremented with each lease: a process with an older value can no longer write. */
  fence: Default<number>;
  /** When its last full scan without an error ended. */
  fullAt: Date | null;
  /** Why the last scan could not begin or continue. */
  problem: string | null;
  /** Since when there is a `problem`. */
  problemAt: Date | null;
  /** Why no file is reported as removed until an administrator approves. */
  haltedReason: string | null;
  haltedAt: Date | null;
  /** Files that were missing at this time may be reported as removed. */
  approvedAt: Date | null;
  createdAt: Default<Date>;
}

export interface ScanDirectoryTable {
  id: Generated<number>;
  rootId: string;
  /** Below the root; empty for the root itself. */
  path: string;
  mtimeNs: BigIntText;
  ctimeNs: BigIntText;
  /** Null if it has to be listed. */
  listedAt: Date | null;
  /** It changed so shortly before the listing that a further change may have left the same modification time. */
  isRacy: Default<boolean>;
  isGone: Default<boolean>;
  /** Why the last attempt to list it failed. */
  problem: string | null;
}

/** `removed`: reported as removed; `refused`: its name is not a valid key. */
export type ScanFileState = 'settling' | 'reported' | 'missing' | 'removed' | 'refused';

export interface ScanFileTable {
  directoryId: number;
  name: string;
  state: ScanFileState;
  sizeBytes: number;
  version: string;
  /** The version last reported; null before the first time. */
  reportedVersion: string | null;
  ctimeNs: BigIntText;
  inode: BigIntText;
  /** Since when the file has been unchanged. */
  observedAt: Date;
  missingSince: Date | null;
  /** The number of complete full scans without an error that did not find it. */
  missingScans: Default<number>;
  reason: string | null;
}

export type ScanKind = 'incremental' | 'full';
/**
 * First known folders are checked, then new ones are listed, then files are checked again until they are stable, then
 * missing files are handled.
 */
export type ScanPhase = 'known' | 'new' | 'settle' | 'missing';

export interface ScanRunTable {
  id: string;
  rootId: string;
  kind: ScanKind;
  phase: ScanPhase;
  /** Path of the last known folder that the scan has checked. */
  cursor: string | null;
  counts: Json<Record<string, number>>;
  /** The number of files and folders that could not be read. */
  errors: Default<number>;
  startedAt: Date;
  heartbeatAt: Date;
  finishedAt: Date | null;
  outcome: 'finished' | 'aborted' | 'superseded' | null;
  reason: string | null;
}

/** The store that belongs to the database: one row, written only by shared/store-records/store-identity.ts. */
export interface StoreIdentityTable {
  isOnly: Default<boolean>;
  id: string;
  /** Also stored in the store. If the two differ, one of them was restored, and nothing is deleted. */
  epoch: string;
  epochAt: Default<Date>;
  /** The epoch that is being written to the store. */
  nextEpoch: string | null;
  nextEpochAt: Date | null;
  /** When the marker was first written to the store. */
  confirmedAt: Date | null;
  /** Why nothing is deleted. */
  heldReason: string | null;
  heldAt: Date | null;
  /**
   * The table and the transaction that wrote the row: if they differ from the row's own, it was restored from a dump.
   */
  writtenIn: string;
}

export interface AssetMonthCountTable {
  ownerId: string;
  visibility: AssetVisibility;
  isTrashed: boolean;
  isFavorite: boolean;
  /** `YYYY-MM-01`. */
  month: string;
  type: Asset['type'];
  count: number;
}

/** Visible assets in an album, counted per owner; maintained by triggers. */
export interface AlbumContentTable {
  albumId: string;
  ownerId: string;
  assetCount: number;
  /** The first and the last wall time; null without an asset, like the columns below. */
  startDate: Date | null;
  endDate: Date | null;
  /** When one of the assets was last changed. */
  modifiedAt: Date | null;
  newestId: string | null;
}

export interface Tables {
  user: UserTable;
  user_metadata: UserMetadataTable;
  system_metadata: SystemMetadataTable;
  session: SessionTable;
  api_key: ApiKeyTable;
  login_attempt: LoginAttemptTable;
  asset: AssetTable;
  asset_exif: AssetExifTable;
  asset_file: AssetFileTable;
  asset_metadata: AssetMetadataTable;
  album: AlbumTable;
  album_user: AlbumUserTable;
  album_asset: AlbumAssetTable;
  person: PersonTable;
  asset_face: AssetFaceTable;
  face_search: FaceSearchTable;
  asset_stage: AssetStageTable;
  library: LibraryTable;
  outbox: OutboxTable;
  stored_object: StoredObjectTable;
  dead_letter: DeadLetterTable;
  asset_month_count: AssetMonthCountTable;
  album_content: AlbumContentTable;
  bucket_listing: BucketListingTable;
  bucket_missing: BucketMissingTable;
  scan_root: ScanRootTable;
  scan_directory: ScanDirectoryTable;
  scan_file: ScanFileTable;
  scan_run: ScanRunTable;
  store_identity: StoreIdentityTable;
}

export type User = Selectable<UserTable>;
export type NewUser = Insertable<UserTable>;
export type UserUpdate = Updateable<UserTable>;
export type Session = Selectable<SessionTable>;
export type ApiKey = Selectable<ApiKeyTable>;
export type Asset = Selectable<AssetTable>;
export type NewAsset = Insertable<AssetTable>;
export type AssetUpdate = Updateable<AssetTable>;
export type AssetExif = Selectable<AssetExifTable>;
export type AssetFile = Selectable<AssetFileTable>;
export type Album = Selectable<AlbumTable>;
export type Person = Selectable<PersonTable>;
export type AssetFace = Selectable<AssetFaceTable>;
export type AssetStage = Selectable<AssetStageTable>;
export type Library = Selectable<LibraryTable>;
export type StoredObject = Selectable<StoredObjectTable>;
export type BucketListing = Selectable<BucketListingTable>;
export type DeadLetter = Selectable<DeadLetterTable>;
export type ScanRoot = Selectable<ScanRootTable>;
export type ScanRun = Selectable<ScanRunTable>;
export type StoreIdentityRow = Selectable<StoreIdentityTable>;
