import { glob, readFile } from 'node:fs/promises';
import { basename, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { operations } from '#functions/api/generated/operations.ts';
import { isBuilt, type OperationRow } from '#functions/api/http/operation.ts';
import { formatNotImplemented, formatOperations, listOperationFiles } from '#scripts/generate/operations.ts';

/**
 * Imports go downward only: a room may import the rooms listed for it, and nothing else of shared/. The first group
 * knows nothing of photos, the second has the rooms of the domain, the third runs them.
 */
const sharedLayers: Record<string, readonly string[]> = {
  errors: [],
  ids: [],
  time: [],
  crash: [],
  log: [],
  config: ['errors'],
  metrics: ['log', 'config'],
  db: ['errors', 'ids', 'time'],
  store: ['errors', 'ids', 'config', 'crash'],
  media: ['errors', 'ids', 'config', 'time'],
  faces: ['errors', 'ids', 'media'],
  auth: ['errors', 'ids'],
  events: ['errors', 'ids', 'log'],
  serve: ['errors', 'ids', 'log', 'metrics', 'events'],

  settings: ['db'],
  outbox: ['ids', 'events', 'db'],
  stages: ['errors', 'db', 'events', 'settings'],
  users: ['ids', 'events', 'db', 'outbox'],
  assets: ['ids', 'time', 'store', 'events', 'db', 'outbox', 'stages', 'users'],
  people: ['errors', 'ids', 'db', 'assets'],
  albums: ['db'],
  scans: ['ids', 'config', 'store', 'events', 'db', 'users', 'assets'],
  libraries: ['db', 'assets', 'scans'],
  timeline: ['db'],
  live: ['db'],
  access: ['db', 'assets', 'albums'],
  accounts: ['db', 'users', 'assets', 'albums', 'libraries'],
  'store-records': ['db', 'settings', 'users', 'assets'],

  pipeline: ['errors', 'ids', 'log', 'config', 'crash', 'db', 'events', 'outbox', 'stages', 'assets'],
  platform: ['errors', 'ids', 'log', 'config', 'settings', 'db', 'store', 'events', 'pipeline', 'store-records'],
};

/** The tables of each room: only that room writes them. */
const tableRooms: Record<string, readonly string[]> = {
  settings: ['system_metadata'],
  outbox: ['outbox', 'dead_letter'],
  stages: ['asset_stage'],
  users: ['user', 'session', 'api_key', 'login_attempt', 'user_metadata'],
  assets: ['asset', 'asset_exif', 'asset_file', 'asset_metadata', 'asset_month_count', 'stored_object'],
  people: ['person', 'asset_face', 'face_search'],
  albums: ['album', 'album_asset', 'album_content', 'album_user'],
  scans: ['scan_root', 'scan_run', 'scan_directory', 'scan_file', 'bucket_listing', 'bucket_missing'],
  libraries: ['library'],
  'store-records': ['store_identity'],
};

/** Each vendor package has one home. */
const homes: Record<string, readonly string[]> = {
  kysely: ['shared/db', 'migrations', ...Object.keys(tableRooms), 'timeline', 'access', 'accounts', 'live'].map((it) =>
    it.includes('/') || it === 'migrations' ? it : `shared/${it}`,
  ),
  pg: ['shared/db'],
  '@electric-sql/pglite': ['shared/db'],
  '@electric-sql/pglite-pgvector': ['shared/db'],
  minio: ['shared/store'],
  sharp: ['shared/media'],
  'exiftool-vendored': ['shared/media'],
  exifr: ['shared/media'],
  thumbhash: ['shared/media'],
  'onnxruntime-node': ['shared/faces'],
  tar: ['shared/faces'],
  cloudevents: ['shared/events', 'knative/local', 'functions/dead-letter'],
  '@google-cloud/functions-framework': ['shared/serve'],
  pino: ['shared/log'],
  '@opentelemetry': ['shared/metrics'],
  bcrypt: ['shared/auth'],
  fastify: ['functions/api'],
  'find-my-way': ['functions/api'],
  '@fastify/busboy': ['functions/api'],
  '@fastify/accept-negotiator': ['functions/api'],
  croner: ['knative/local'],
};

interface Import {
  file: string;
  from: string;
}

async function listImports(): Promise<Import[]> {
  const found: Import[] = [];
  for await (const file of glob('{functions,shared,knative,migrations}/**/*.ts')) {
    if (/\.(?:test|conformance|suite)\.ts$/.test(file)) continue;
    const text = await readFile(file, 'utf8');
    for (const [, from = ''] of text.matchAll(/^(?:import|export)\s[^;]*?from '([^']+)';|^import '([^']+)';/gm))
      found.push({ file, from });
    for (const [, from = ''] of text.matchAll(/\bimport\('([^']+)'\)/g)) found.push({ file, from });
  }
  return found;
}

const imports = await listImports();
/** One function, one capability of shared, or the whole of another top folder. */
const partOf = (path: string) => {
  const [top = '', next = ''] = path.replace(/^#/, '').split('/');
  return top === 'functions' || top === 'shared' ? `${top}/${next}` : top;
};

test('there are imports to look at', () => {
  expect(imports.length).toBeGreaterThan(100);
});

/** The process of a pod and the commands of administrators import functions; no function imports them. */
const programs = ['functions/pod', 'functions/admin', 'functions/migrate'];

test('functions never import each other; programs import functions', () => {
  const wrong = imports.filter(
    ({ file, from }) =>
      file.startsWith('functions/') &&
      from.startsWith('#functions/') &&
      partOf(from) !== partOf(file) &&
      !(programs.includes(partOf(file)) && (partOf(file) === 'functions/pod' || !programs.includes(partOf(from)))),
  );
  expect(wrong).toEqual([]);
});

/** The rooms of the domain that watchers may use: they write their own tables and the outbox, and read the others. */
const roomsOfWatchers = ['scans', 'outbox', 'libraries', 'users'];

test('watchers only report facts; ingest decides what becomes of them', () => {
  const wrong = imports.filter(
    ({ file, from }) =>
      file.startsWith('functions/watch-') &&
      Object.keys(tableRooms).some((room) => from.startsWith(`#shared/${room}/`) && !roomsOfWatchers.includes(room)),
  );
  expect(wrong).toEqual([]);
});

test('functions import nothing of knative/', () => {
  expect(imports.filter(({ file, from }) => file.startsWith('functions/') && from.startsWith('#knative/'))).toEqual([]);
});

test('shared never imports functions or knative', () => {
  expect(
    imports.filter(({ file, from }) => file.startsWith('shared/') && /^#(?:functions|knative|test)\//.test(from)),
  ).toEqual([]);
});

test('inside shared imports go downward only', () => {
  const wrong = imports.filter(({ file, from }) => {
    const [, layer = ''] = partOf(file).split('/');
    const [root, target = ''] = partOf(from).split('/');
    if (!file.startsWith('shared/') || !from.startsWith('#') || root !== 'shared' || target === layer) return false;
    return !(sharedLayers[layer] ?? []).includes(target);
  });
  expect(wrong).toEqual([]);
});

/** `insertInto('asset')`, `insertRows(tx, 'asset', …)`, and the words of SQL with and without quotes. */
const writing =
  /(?:insertInto|updateTable|deleteFrom)\('(\w+)'|insertRows\(\s*\w+,\s*'(\w+)'|\b(?:insert into|delete from) "?(\w+)|\bupdate "?(\w+)"?(?: \w+)? set\b/g;

/** The schema's floor (`shared/db/migrate.ts`), which the migrations' runner writes before the rooms can be used. */
const ownMarks = new Set(['shared/db/migrate.ts system_metadata']);

test('a table is written by one room', async () => {
  const roomOf = new Map(Object.entries(tableRooms).flatMap(([room, tables]) => tables.map((it) => [it, room])));
  const tables = await readFile('shared/db/tables.ts', 'utf8');
  const known = [...tables.matchAll(/^ {2}(\w+): \w+Table;$/gm)].map(([, name = '']) => name);
  expect(new Set(roomOf.keys())).toEqual(new Set(known));
  const wrong: string[] = [];
  let writes = 0;
  for await (const file of glob('{functions,shared,knative}/**/*.ts')) {
    if (file.endsWith('.test.ts')) continue;
    for (const names of (await readFile(file, 'utf8')).matchAll(writing)) {
      const table = names.slice(1).find((it) => it !== undefined) ?? '';
      const room = roomOf.get(table);
      if (room === undefined || ownMarks.has(`${file} ${table}`)) continue;
      writes += 1;
      if (partOf(file) !== `shared/${room}`) wrong.push(`${file} writes ${table}`);
    }
  }
  expect(writes).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});

test('the largest room of shared/ holds under a fifth of it', async () => {
  const lines = new Map<string, number>();
  for await (const file of glob('shared/**/*.ts'))
    lines.set(partOf(file), (lines.get(partOf(file)) ?? 0) + (await readFile(file, 'utf8')).split('\n').length);
  const all = [...lines.values()].reduce((sum, it) => sum + it, 0);
  expect([...lines].filter(([, count]) => count >= all / 5)).toEqual([]);
});

test('each vendor package has one home', () => {
  const wrong = imports.filter(({ file, from }) => {
    const home = Object.entries(homes).find(([name]) => from === name || from.startsWith(`${name}/`))?.[1];
    return home !== undefined && !home.some((folder) => file.startsWith(`${folder}/`));
  });
  expect(wrong).toEqual([]);
});

test('relative imports stay inside their folder', () => {
  const wrong = imports.filter(({ file, from }) => {
    if (!from.startsWith('.')) return false;
    const target = new URL(from, `file:///${file}`).pathname.slice(1);
    return partOf(target) !== partOf(file);
  });
  expect(wrong).toEqual([]);
});

/** The file that an import names in this repository; empty for a package. */
const targetOf = ({ file, from }: Import) =>
  from.startsWith('.') ? [normalize(join(file, '..', from))] : from.startsWith('#') ? [from.slice(1)] : [];

test('there is no import cycle, not even of types', () => {
  const next = Map.groupBy(imports, ({ file }) => file);
  const finished = new Set<string>();
  const circles: string[][] = [];
  const visit = (file: string, above: readonly string[]): void => {
    if (above.includes(file)) circles.push([...above.slice(above.indexOf(file)), file]);
    if (finished.has(file) || above.includes(file)) return;
    for (const target of next.get(file)?.flatMap(targetOf) ?? []) visit(target, [...above, file]);
    finished.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test('one operation is one file, <area>/<operationId>.ts, and the generated lists are of these files', async () => {
  const files = await listOperationFiles();
  const built = Object.entries<OperationRow>(operations).flatMap(([id, row]) =>
    isBuilt(row) ? [{ id, own: row.id }] : [],
  );
  expect(new Set(built.map(({ id }) => id))).toEqual(new Set(files.map(({ id }) => id)));
  expect(built.filter(({ id, own }) => id !== own)).toEqual([]);
  const wrong: string[] = [];
  for await (const file of glob('functions/api/*/*.ts')) {
    if (file.endsWith('.test.ts') || file.startsWith('functions/api/http/')) continue;
    const found = [...(await readFile(file, 'utf8')).matchAll(/= operation\('(\w+)'/g)].map(([, id]) => id);
    if (found.length > 1 || (found.length === 1 && found[0] !== basename(file, '.ts'))) wrong.push(file);
  }
  expect(wrong).toEqual([]);
  expect(await readFile('functions/api/generated/operations.ts', 'utf8')).toBe(await formatOperations());
  expect(await readFile('functions/api/generated/not-implemented.ts', 'utf8')).toBe(await formatNotImplemented());
});

test('functions/api/http imports no area of the API', () => {
  const wrong = imports.filter(
    (it) =>
      it.file.startsWith('functions/api/http/') &&
      targetOf(it).some((target) => target.startsWith('functions/api/') && !target.startsWith('functions/api/http/')),
  );
  expect(wrong).toEqual([]);
});

test('no two test files have the same name', async () => {
  const files: string[] = [];
  for await (const file of glob('{functions,shared,knative,scripts,test}/**/*.test.ts')) files.push(file);
  const twice = [...Map.groupBy(files, (it) => basename(it))].filter(([, all]) => all.length > 1);
  expect(files.length).toBeGreaterThan(100);
  expect(twice).toEqual([]);
});

/** The files that delete from the store, and why they delete no bytes of an asset. */
const deleters: Record<string, string> = {
  'functions/api/assets/receive-original.ts':
    'deletes an upload that was offered to no row, after claiming its reservation',
  'functions/api/people/remove-portraits.ts': 'deletes portraits of people whose rows are gone',
  'functions/thumbnail/thumbnail.ts': 'deletes derivatives of an asset whose row is gone',
  'functions/sweep/remove-deleted.ts': 'checks the row first',
  'functions/sweep/abandoned-uploads.ts': 'claims the reservation first, and keeps complete objects',
};

test('no other file deletes from the store', async () => {
  const found = new Set<string>();
  for await (const file of glob('{functions,knative}/**/*.ts')) {
    if (!file.endsWith('.test.ts') && (await readFile(file, 'utf8')).includes('store.delete(')) found.add(file);
  }
  expect([...found].toSorted()).toEqual(Object.keys(deleters).toSorted());
});

test('code that runs imports no tests or mocks', () => {
  expect(imports.filter(({ from }) => from === 'vitest' || from.startsWith('#test/'))).toEqual([]);
});

test('a transaction is begun in one place, which repeats it after a deadlock', async () => {
  const own = new Set(['shared/db/transaction.ts', 'shared/db/migrate.ts']);
  const wrong: string[] = [];
  for await (const file of glob('{functions,shared,knative}/**/*.ts')) {
    if (own.has(file) || file.endsWith('.test.ts')) continue;
    if (/\.transaction\(\)/.test(await readFile(file, 'utf8'))) wrong.push(file);
  }
  expect(wrong).toEqual([]);
});

/** These files check the graph: a stage that no function serves cannot be opened. */
const openers = ['shared/stages/asset-stage.ts', 'shared/stages/stage-queue.ts'];

test('stages are opened in one place', async () => {
  const found: string[] = [];
  for await (const file of glob('{functions,shared,knative}/**/*.ts')) {
    if (file.endsWith('.test.ts')) continue;
    const text = await readFile(file, 'utf8');
    if (/insert\s+into\s+"?asset_stage\b|insertInto\('asset_stage'\)/.test(text)) found.push(file);
  }
  expect(found.toSorted()).toEqual(openers);
});

test('a test that opens a store guards it: no transaction waits for the store', async () => {
  const wrong: string[] = [];
  let openers = 0;
  for await (const file of glob('{functions,knative,test}/**/*.ts')) {
    if (!/^test\/(?:integration|contract|support)\/|\.test\.ts$/.test(file)) continue;
    const text = await readFile(file, 'utf8');
    if (!/\bopen(?:Folder|Minio)?Store\(/.test(text) || file === 'test/architecture.test.ts') continue;
    openers += 1;
    if (!/\b(?:guardStore|openGuardedStore)\(/.test(text)) wrong.push(file);
  }
  expect(openers).toBeGreaterThan(3);
  expect(wrong).toEqual([]);
});

/** Files with statements whose number of parts is fixed by the code: columns, conditions. */
const joiners = new Set(['shared/db/import-lines.ts', 'shared/db/insert-rows.ts', 'shared/assets/create-asset.ts']);

test('no statement has a parameter for each row: rows go through insertRows, lists as arrays', async () => {
  const wrong: string[] = [];
  let inserts = 0;
  for await (const file of glob('{functions,shared,knative}/**/*.ts')) {
    if (file.endsWith('.test.ts')) continue;
    const text = await readFile(file, 'utf8');
    const values = [...text.matchAll(/\.insertInto\([^)]*\)\s*\.values\(\s*(.)/g)];
    inserts += values.length;
    // One row is an object, or a call or name that gives one.
    if (values.some(([, first]) => first === '[') || /\.insertInto\([^)]*\)\s*\.values\([^;{]*?\.map\(/.test(text))
      wrong.push(`${file} .values`);
    if (text.includes('sql.join(') && !joiners.has(file)) wrong.push(`${file} sql.join`);
  }
  expect(wrong).toEqual([]);
  expect(inserts).toBeGreaterThan(10);
});

/** Names that are written out in one place, so that every use has the same spelling. */
const saidOnce: Record<string, RegExp> = {
  'shared/store/location.ts': /['"`]library\//,
  'shared/store/sidecar-name.ts': /['"`}]\.xmp\b/i,
  'shared/events/event-types.ts': /['"`]photos\.darkroom\./,
};
/** A table of formats, with their file name extensions. */
const formatTables = new Set(['shared/media/formats.ts']);

test('folders, file name extensions and event types are written out in one place', async () => {
  const wrong: string[] = [];
  for await (const file of glob('{functions,shared,knative}/**/*.ts')) {
    if (/\.(?:test|conformance|suite)\.ts$/.test(file) || formatTables.has(file)) continue;
    const code = (await readFile(file, 'utf8')).replaceAll(/\/\*\*?[^]*?\*\/|^\s*\/\/.*$/gm, '');
    for (const [home, name] of Object.entries(saidOnce))
      if (file !== home && name.test(code)) wrong.push(`${file} ${String(name)}`);
  }
  expect(wrong).toEqual([]);
});

test('no code compares reasons, which are text: it compares codes', async () => {
  const wrong: string[] = [];
  for await (const file of glob('{functions,shared,knative}/**/*.ts')) {
    if (file.endsWith('.test.ts')) continue;
    if (
      /"reason" (?:like|in|~|<>|is (?:not )?distinct)|[rR]eason (?:===|!==) ['`]|where\('reason'/.test(
        await readFile(file, 'utf8'),
      )
    )
      wrong.push(file);
  }
  expect(wrong).toEqual([]);
});
