import { sql, type Kysely } from 'kysely';

/**
 * Tables take Immich's own names and column names where they mean the same thing.
 * Times are `timestamptz(3)`: the wire has milliseconds, and so has the row.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create extension if not exists vector`.execute(db);
  for (const statement of [...identity, ...assets, ...albums, ...faces, ...pipeline, ...timeline]) {
    await sql.raw(statement).execute(db);
  }
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of tables.toReversed()) await sql.raw(`drop table if exists "${table}" cascade`).execute(db);
  for (const name of ['asset_month_insert', 'asset_month_update', 'asset_month_delete']) {
    await sql.raw(`drop function if exists ${name}() cascade`).execute(db);
  }
  await sql.raw('drop function if exists asset_month(timestamptz) cascade').execute(db);
}

const tables = [
  'user', 'user_metadata', 'system_metadata', 'session', 'api_key', 'login_attempt',
  'asset', 'asset_exif', 'asset_file', 'asset_metadata',
  'album', 'album_user', 'album_asset',
  'person', 'asset_face', 'face_search',
  'asset_stage', 'outbox', 'stored_object', 'dead_letter', 'asset_month_count',
]; // prettier-ignore

const identity = [
  `create table "user" (
    "id" uuid primary key,
    "email" text not null,
    "password" text,
    "name" text not null default '',
    "avatarColor" text,
    "isAdmin" boolean not null default false,
    "shouldChangePassword" boolean not null default false,
    "storageLabel" text unique,
    "oauthId" text not null default '',
    "clusterGroupId" uuid not null default gen_random_uuid(),
    "profileImagePath" text not null default '',
    "profileChangedAt" timestamptz(3) not null default now(),
    "quotaSizeInBytes" bigint,
    "quotaUsageInBytes" bigint not null default 0,
    "status" text not null default 'active',
    "pinCode" text,
    "createdAt" timestamptz(3) not null default now(),
    "updatedAt" timestamptz(3) not null default now(),
    "deletedAt" timestamptz(3)
  )`,
  `create unique index user_email on "user" ("email")`,
  `create table user_metadata (
    "userId" uuid not null references "user" on delete cascade,
    "key" text not null,
    "value" jsonb not null,
    primary key ("userId", "key")
  )`,
  `create table system_metadata ("key" text primary key, "value" jsonb not null)`,
  `create table session (
    "id" uuid primary key,
    "token" bytea not null unique,
    "userId" uuid not null references "user" on delete cascade,
    "parentId" uuid references session on delete cascade,
    "deviceType" text not null default '',
    "deviceOS" text not null default '',
    "appVersion" text,
    "expiresAt" timestamptz(3),
    "pinExpiresAt" timestamptz(3),
    "isPendingSyncReset" boolean not null default false,
    "oauthSid" text,
    "oauthBearerToken" text,
    "createdAt" timestamptz(3) not null default now(),
    "updatedAt" timestamptz(3) not null default now()
  )`,
  `create index session_by_user on session ("userId")`,
  `create table api_key (
    "id" uuid primary key,
    "name" text not null,
    "key" bytea not null unique,
    "userId" uuid not null references "user" on delete cascade,
    "permissions" text[] not null,
    "createdAt" timestamptz(3) not null default now(),
    "updatedAt" timestamptz(3) not null default now()
  )`,
  `create index api_key_user on api_key ("userId")`,
  `create table login_attempt (
    "key" bytea primary key,
    "attempts" integer not null,
    "nextAt" timestamptz(3) not null
  )`,
];

const assets = [
  `create table asset (
    "id" uuid primary key,
    "ownerId" uuid not null references "user" on delete cascade,
    "libraryId" uuid,
    "type" text not null,
    "status" text not null default 'active',
    "visibility" text not null default 'timeline',
    "checksum" bytea not null,
    "checksumAlgorithm" text not null default 'sha1',
    "originalPath" text not null,
    "originalFileName" text not null,
    "fileSizeInByte" bigint not null,
    "fileCreatedAt" timestamptz(3) not null,
    "fileModifiedAt" timestamptz(3) not null,
    "localDateTime" timestamptz(3) not null,
    "width" integer,
    "height" integer,
    "thumbhash" bytea,
    "city" text,
    "country" text,
    "projectionType" text,
    "latitude" double precision,
    "longitude" double precision,
    "duration" integer,
    "isFavorite" boolean not null default false,
    "isOffline" boolean not null default false,
    "isExternal" boolean not null default false,
    "isEdited" boolean not null default false,
    "livePhotoVideoId" uuid references asset on delete set null,
    "stackId" uuid,
    "duplicateId" uuid,
    "createdAt" timestamptz(3) not null default now(),
    "updatedAt" timestamptz(3) not null default now(),
    "deletedAt" timestamptz(3)
  )`,
  `create unique index asset_checksum on asset ("ownerId", "checksum") where "libraryId" is null and "status" <> 'deleted'`,
  `create index asset_timeline on asset ("ownerId", "localDateTime") where "status" = 'active' and "visibility" = 'timeline'`,
  `create index asset_owner on asset ("ownerId", "visibility", "status", "localDateTime")`,
  `create index asset_live_photo on asset ("livePhotoVideoId") where "livePhotoVideoId" is not null`,
  `create index asset_deleted on asset ("id") where "status" = 'deleted'`,
  `create table asset_exif (
    "assetId" uuid primary key references asset on delete cascade,
    "make" text,
    "model" text,
    "lensModel" text,
    "exifImageWidth" integer,
    "exifImageHeight" integer,
    "fileSizeInByte" bigint,
    "orientation" text,
    "dateTimeOriginal" timestamptz(3),
    "modifyDate" timestamptz(3),
    "timeZone" text,
    "latitude" double precision,
    "longitude" double precision,
    "city" text,
    "state" text,
    "country" text,
    "description" text not null default '',
    "fNumber" double precision,
    "focalLength" double precision,
    "iso" integer,
    "exposureTime" text,
    "fps" double precision,
    "livePhotoCID" text,
    "projectionType" text,
    "profileDescription" text,
    "colorspace" text,
    "bitsPerSample" integer,
    "autoStackId" text,
    "rating" integer,
    "tags" text[],
    "lockedProperties" text[] not null default '{}',
    "updatedAt" timestamptz(3) not null default now()
  )`,
  `create table asset_file (
    "id" uuid primary key default gen_random_uuid(),
    "assetId" uuid not null references asset on delete cascade,
    "type" text not null,
    "isEdited" boolean not null default false,
    "path" text not null,
    "createdAt" timestamptz(3) not null default now(),
    "updatedAt" timestamptz(3) not null default now(),
    unique ("assetId", "type", "isEdited")
  )`,
  `create table asset_metadata (
    "assetId" uuid not null references asset on delete cascade,
    "key" text not null,
    "value" jsonb not null,
    "updatedAt" timestamptz(3) not null default now(),
    primary key ("assetId", "key")
  )`,
];

const albums = [
  `create table album (
    "id" uuid primary key,
    "albumName" text not null,
    "description" text not null default '',
    "albumThumbnailAssetId" uuid references asset on delete set null,
    "isActivityEnabled" boolean not null default true,
    "order" text not null default 'desc',
    "createdAt" timestamptz(3) not null default now(),
    "updatedAt" timestamptz(3) not null default now()
  )`,
  `create table album_user (
    "albumId" uuid not null references album on delete cascade,
    "userId" uuid not null references "user" on delete cascade,
    "role" text not null,
    "createdAt" timestamptz(3) not null default now(),
    primary key ("albumId", "userId")
  )`,
  `create unique index album_one_owner on album_user ("albumId") where "role" = 'owner'`,
  `create index album_user_user on album_user ("userId")`,
  `create table album_asset (
    "albumId" uuid not null references album on delete cascade,
    "assetId" uuid not null references asset on delete cascade,
    "createdAt" timestamptz(3) not null default now(),
    primary key ("albumId", "assetId")
  )`,
  `create index album_asset_asset on album_asset ("assetId")`,
];

const faces = [
  `create table person (
    "id" uuid primary key,
    "ownerId" uuid not null references "user" on delete cascade,
    "name" text not null default '',
    "birthDate" text,
    "thumbnailPath" text not null default '',
    "faceAssetId" uuid,
    "color" text,
    "isHidden" boolean not null default false,
    "isFavorite" boolean not null default false,
    "createdAt" timestamptz(3) not null default now(),
    "updatedAt" timestamptz(3) not null default now()
  )`,
  `create index person_owner on person ("ownerId")`,
  `create table asset_face (
    "id" uuid primary key,
    "assetId" uuid not null references asset on delete cascade,
    "personId" uuid references person on delete set null,
    "modelSet" text not null,
    "imageWidth" integer not null,
    "imageHeight" integer not null,
    "boundingBoxX1" integer not null,
    "boundingBoxY1" integer not null,
    "boundingBoxX2" integer not null,
    "boundingBoxY2" integer not null,
    "score" real,
    "sourceType" text not null default 'machine-learning',
    "isPlacedByUser" boolean not null default false,
    "updatedAt" timestamptz(3) not null default now(),
    "deletedAt" timestamptz(3)
  )`,
  `create index asset_face_asset on asset_face ("assetId")`,
  `create index asset_face_person on asset_face ("personId")`,
  `alter table person add constraint person_face foreign key ("faceAssetId") references asset_face on delete set null`,
  `create table face_search (
    "faceId" uuid primary key references asset_face on delete cascade,
    "ownerId" uuid not null,
    "modelSet" text not null,
    "embedding" halfvec(512) not null
  )`,
  `create index face_search_owner on face_search ("ownerId", "modelSet")`,
  `create index face_search_embedding on face_search using hnsw ("embedding" halfvec_cosine_ops)`,
];

const pipeline = [
  `create table asset_stage (
    "assetId" uuid not null references asset on delete cascade,
    "stage" text not null,
    "state" text not null default 'pending',
    "recipe" text,
    "reason" text,
    "attempts" integer not null default 0,
    "holder" text,
    "leaseUntil" timestamptz(3),
    "createdAt" timestamptz(3) not null default now(),
    "changedAt" timestamptz(3) not null default now(),
    primary key ("assetId", "stage")
  )`,
  `create index asset_stage_open on asset_stage ("state", "createdAt") where "state" in ('pending', 'queued', 'active')`,
  `create index asset_stage_suspect on asset_stage ("createdAt") where "state" = 'pending' and "attempts" > 0`,
  `create index asset_stage_settled on asset_stage ("stage", "state") where "state" in ('failed', 'unsupported')`,
  `create table outbox (
    "id" text primary key,
    "type" text not null,
    "source" text not null,
    "subject" text not null,
    "data" jsonb not null,
    "traceparent" text,
    "createdAt" timestamptz(3) not null default now(),
    "nextTryAt" timestamptz(3) not null default now()
  )`,
  `create index outbox_due on outbox ("nextTryAt")`,
  `create table stored_object (
    "store" text not null,
    "key" text not null,
    "state" text not null,
    "assetId" uuid,
    "ownerId" uuid,
    "sizeBytes" bigint,
    "version" text,
    "reason" text,
    "holder" text,
    "leaseUntil" timestamptz(3),
    "createdAt" timestamptz(3) not null default now(),
    "changedAt" timestamptz(3) not null default now(),
    primary key ("store", "key")
  )`,
  `create index stored_object_asset on stored_object ("assetId")`,
  `create index stored_object_reserved on stored_object ("leaseUntil") where "state" = 'reserved'`,
  `create table dead_letter (
    "id" uuid primary key,
    "eventId" text not null,
    "eventType" text not null,
    "source" text not null,
    "subject" text not null,
    "data" jsonb not null,
    "destination" text,
    "errorCode" integer,
    "reason" text,
    "receivedAt" timestamptz(3) not null default now(),
    "redrivenAt" timestamptz(3)
  )`,
  `create unique index dead_letter_event on dead_letter ("source", "eventId", coalesce("destination", '')) where "redrivenAt" is null`,
];

const monthKey = '"ownerId", "visibility", "isTrashed", "isFavorite", "month"';
const monthOf = (table: string, sign: 1 | -1) =>
  `select "ownerId", "visibility", "status" = 'trashed' as "isTrashed", "isFavorite", asset_month("localDateTime") as "month", ${sign} as "delta"
   from ${table} where "status" <> 'deleted'`;
const addToCounts = (rows: string) => `
  insert into asset_month_count (${monthKey}, "count")
  select ${monthKey}, sum("delta") from (${rows}) changed
  group by ${monthKey} having sum("delta") <> 0
  order by ${monthKey}
  on conflict (${monthKey}) do update set "count" = asset_month_count."count" + excluded."count"`;
const countTrigger = (event: 'insert' | 'update' | 'delete', rows: string, referencing: string) => [
  `create function asset_month_${event}() returns trigger language plpgsql as $$ begin ${addToCounts(rows)}; return null; end $$`,
  `create trigger asset_month_${event} after ${event} on asset referencing ${referencing}
   for each statement execute function asset_month_${event}()`,
];

/** Counts per month are kept by statement triggers, in one order of keys, so that two writers never wait for each other crosswise. */
const timeline = [
  `create function asset_month(timestamptz) returns date language sql immutable
   return date_trunc('month', $1 at time zone 'UTC')::date`,
  `create table asset_month_count (
    "ownerId" uuid not null,
    "visibility" text not null,
    "isTrashed" boolean not null,
    "isFavorite" boolean not null,
    "month" date not null,
    "count" integer not null,
    primary key (${monthKey})
  )`,
  ...countTrigger('insert', monthOf('added', 1), 'new table as added'),
  ...countTrigger('delete', monthOf('gone', -1), 'old table as gone'),
  ...countTrigger(
    'update',
    `${monthOf('gone', -1)} union all ${monthOf('added', 1)}`,
    'old table as gone new table as added',
  ),
];
