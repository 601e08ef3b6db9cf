import type { ColumnType, Generated, Insertable, Selectable, Updateable } from 'kysely';

type Default<T> = ColumnType<T, T | undefined, T>;
/** jsonb: read as its value, written as JSON text. */
type Json<T> = ColumnType<T, string, string>;
/** Beyond 2^53: written as decimal text, and read so by a cast; without one it would lose its last digits. */
type BigIntText = ColumnType<never, string | null, string | null>;

/** Part of the moment that an asset is filed under: changed by `writeMoments` alone. */
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

/** Logins of one account from one address that have not succeeded since the last success. */
export interface LoginAttemptTable {
  /** A hash of both. */
  key: Buffer;
  attempts: number;
  /** Earlier ones are not even looked at. */
  nextAt: Date;
}

export type AssetType = 'IMAGE' | 'VIDEO' | 'AUDIO' | 'OTHER';
export type AssetVisibility = 'timeline' | 'archive' | 'hidden' | 'locked';
/** `deleted` rows are out of every list and of the checksum index; their files go by `asset.deleted`, then the row. */
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
  /** These five are asset_exif's, again: a month of the timeline shows them and would else visit 4,000 rows there. */
  city: Default<string | null>;
  country: Default<string | null>;
  projectionType: Default<string | null>;
  latitude: Default<number | null>;
  longitude: Default<number | null>;
  /** Milliseconds. */
  duration: number | null;
  isFavorite: Default<boolean>;
  /** The original is not there. Such an asset is hidden as trash is, and never deleted for its age. */
  isOffline: Default<boolean>;
  /** While it is offline: the status it comes back with. */
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
  /** Columns that the user edited: a new extraction leaves them alone. */
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
  /** Why it has no result, or with which warning it has one, for people. */
  reason: string | null;
  /** Why it failed: the code of an error (`ErrorCode`). */
  code: Default<string | null>;
  attempts: Default<number>;
  holder: string | null;
  leaseUntil: Date | null;
  /** Of its asset, while the stage is open: the database sees to it. */
  ownerId: Default<string | null>;
  kind: Default<AssetType | null>;
  createdAt: Default<Date>;
  changedAt: Default<Date>;
}

/** A folder tree of the house that Darkroom shows and never writes to. */
export interface LibraryTable {
  id: string;
  ownerId: string;
  name: string;
  importPaths: Default<string[]>;
  exclusionPatterns: Default<string[]>;
  createdAt: Default<Date>;
  updatedAt: Default<Date>;
  /** When the last scan ended that was asked for, was a full one, or found something. */
  refreshedAt: Date | null;
  /** When somebody asked for a scan that has not ended; null if nobody waits for one. */
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
  /** Stays after it was sent, until its receiver has handled it. */
  isAcknowledged: Default<boolean>;
  attempts: Default<number>;
  createdAt: Default<Date>;
  nextTryAt: Default<Date>;
}

/**
 * `deleted-by-owner`: the file of a deleted asset that is not Darkroom's to delete. `given-up`: by the request that wrote it,
 * which said so to its client. `abandoned`: its process has died.
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
  /** Why it is no asset's, for people. */
  reason: string | null;
  /** The same of refused ones, where something depends on it. */
  code: Default<RefusalCode | null>;
  /** The folder that says whose it is: a storage label or a user's id. */
  ownerFolder: Default<string | null>;
  holder: string | null;
  leaseUntil: Date | null;
  createdAt: Default<Date>;
  changedAt: Default<Date>;
}

/** `settled`: what it told was done meanwhile, or is not to be done any more. */
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
  /** When it left the list; `outcome` says how. */
  redrivenAt: Date | null;
  outcome: LetterOutcome | null;
  /** Why it was discarded. */
  note: string | null;
}

/** How far watch-minio is with the listing of a bucket, and what it found. */
export interface BucketListingTable {
  bucket: string;
  holder: string | null;
  leaseUntil: Date | null;
  /** Of the listing under way. */
  startedAt: Date | null;
  /** First all is listed, then what was missing is looked at. */
  phase: Default<'listing' | 'checking'>;
  /** The key that the phase has come to. */
  cursor: string | null;
  objects: Default<number>;
  finishedAt: Date | null;
  finishedObjects: number | null;
  notifiedAt: Date | null;
  /** Notifications that never came: objects that only a listing found, ever. */
  lostCreated: Default<number>;
  lostRemoved: Default<number>;
  haltedAt: Date | null;
  haltedReason: string | null;
  /** Somebody has said that what is missing is really gone. */
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
  /** What events call the store of its files. */
  store: string;
  /** What a file's path below `path` is put after to be its location. */
  prefix: string;
  libraryId: string | null;
  /** What shows that the tree is the one that is known; null before its first scan. */
  marker: string | null;
  holder: string | null;
  leaseUntil: Date | null;
  /** Goes up with each lease: who has an older one writes nothing more. */
  fence: Default<number>;
  /** When its last full scan without an error ended. */
  fullAt: Date | null;
  /** Why the last scan could not begin or go on. */
  problem: string | null;
  /** Since when it is so. */
  problemAt: Date | null;
  /** Why nothing is reported as removed until somebody has approved of it. */
  haltedReason: string | null;
  haltedAt: Date | null;
  /** What was missing then may be reported as removed. */
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
  /** Null if it is to be listed. */
  listedAt: Date | null;
  /** It changed so shortly before it was listed that it may have changed again without a trace. */
  isRacy: Default<boolean>;
  isGone: Default<boolean>;
  /** Why the last attempt to list it failed. */
  problem: string | null;
}

/** `removed` was reported as such; `refused` can have no key. */
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
  /** Since when it has been as it is. */
  observedAt: Date;
  missingSince: Date | null;
  /** Complete full scans without an error that have not found it. */
  missingScans: Default<number>;
  reason: string | null;
}

export type ScanKind = 'incremental' | 'full';
/**
 * Known folders are looked at, then new ones are listed, then files are looked at again until they have settled, then what
 * is missing is judged.
 */
export type ScanPhase = 'known' | 'new' | 'settle' | 'missing';

export interface ScanRunTable {
  id: string;
  rootId: string;
  kind: ScanKind;
  phase: ScanPhase;
  /** Path of the known folder that the scan has come to. */
  cursor: string | null;
  counts: Json<Record<string, number>>;
  /** Things that could not be looked at. */
  errors: Default<number>;
  startedAt: Date;
  heartbeatAt: Date;
  finishedAt: Date | null;
  outcome: 'finished' | 'aborted' | 'superseded' | null;
  reason: string | null;
}

/** The store that the database belongs to: one row, written by queries/store-identity.ts alone. */
export interface StoreIdentityTable {
  isOnly: Default<boolean>;
  id: string;
  /** Stands in the store too. While the two differ one of them was restored, and nothing is deleted. */
  epoch: string;
  epochAt: Default<Date>;
  /** Is being written to the store. */
  nextEpoch: string | null;
  nextEpochAt: Date | null;
  /** When the store had its marker for the first time. */
  confirmedAt: Date | null;
  /** Why nothing is deleted. */
  heldReason: string | null;
  heldAt: Date | null;
  /** The table and the transaction that wrote the row: others than its own say that it comes from a dump. */
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

/** What of an owner can be seen in an album; kept by triggers. */
export interface AlbumContentTable {
  albumId: string;
  ownerId: string;
  assetCount: number;
  /** The first and the last wall time; null without an asset, as those below. */
  startDate: Date | null;
  endDate: Date | null;
  /** When one of them was changed last. */
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
