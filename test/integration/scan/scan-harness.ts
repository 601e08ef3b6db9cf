import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { moveObject } from '#functions/ingest/move-object.ts';
import { usualLimits, type ScanLimits, type ScanPorts } from '#functions/watch-nfs/scan-ports.ts';
import { scanTree, type ScanOutcome, type WatchedTree } from '#functions/watch-nfs/scan-tree.ts';
import type { Db } from '#shared/db/db.ts';
import { createAsset } from '#shared/assets/create-asset.ts';
import { ensureScanRoots, listScanRoots } from '#shared/scans/scan-root.ts';
import { findStoredObject, recordObject } from '#shared/assets/stored-object.ts';
import type { ScanKind, ScanRoot, ScanRun } from '#shared/db/tables.ts';
import { newId } from '#shared/ids/ids.ts';
import { parseConfig } from '#shared/config/config.ts';
import type { EventData } from '#shared/events/catalogue.ts';
import { eventTypes } from '#shared/events/event-types.ts';
import { silentLog } from '#shared/log/log.ts';
import { openPrimaryStore, withOutside } from '#shared/store/open-store.ts';
import { guardStore } from '#test/support/guarded-store.ts';

export interface ScanHarness extends Disposable {
  readonly root: string;
  readonly ports: ScanPorts;
  /** Advances only the clock of the scanner. */
  pass(seconds: number): void;
  put(path: string, text?: string): void;
  /** Calls `act` whenever the scanner waits. */
  whileWaiting(act: () => void): void;
  /** Excludes paths from the next scan on. */
  exclude(...patterns: string[]): void;
  /** Removes the exclusions. */
  excludeNothing(): void;
  tree(): Promise<WatchedTree>;
  scan(
    kind?: ScanKind,
    more?: Partial<ScanLimits> & { sliceMs?: number; signal?: AbortSignal; holder?: string; isRequested?: boolean },
  ): Promise<ScanOutcome>;
  /** Scans twice, so that all files have settled, and clears the events. */
  settle(): Promise<void>;
  /** Hands what was reported as moved to `ingest`; returns how many files that were. */
  ingestMoves(): Promise<number>;
  /** `+key` and `-key` for the events since the last call, including files without an owner. */
  reported(): Promise<string[]>;
  /** Name and state of every file. */
  states(): Promise<Record<string, string>>;
  rootRow(): Promise<ScanRoot>;
  lastRun(): Promise<ScanRun>;
  /** Creates the asset of a key as `ingest` does. */
  addFoundAsset(ownerId: string, key: string): Promise<string>;
}

const dayMs = 86_400_000;

/** A folder tree with a scanner whose clock a test controls; file system and database are real. */
export function openScanHarness(db: Db, { libraryId = null }: { libraryId?: string | null } = {}): ScanHarness {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'darkroom-scan-')));
  const storeFolder = join(folder, 'store');
  const root = libraryId === null ? join(storeFolder, 'library') : join(folder, 'nas');
  // A test scans as another user.
  chmodSync(folder, 0o755);
  mkdirSync(storeFolder);
  mkdirSync(root);
  const config = parseConfig({
    DARKROOM_LOG_LEVEL: 'silent',
    DARKROOM_STORE_PATH: storeFolder,
    ...(libraryId !== null && { DARKROOM_EXTERNAL_FOLDERS: root }),
  });
  let aheadMs = 0;
  let meanwhile = () => {};
  const ports: ScanPorts = {
    db,
    log: silentLog,
    relay: { kick() {} },
    holder: 'test',
    now: () => Date.now() + aheadMs,
    wait: (ms) => {
      aheadMs += ms;
      meanwhile();
      return Promise.resolve();
    },
  };
  const exclusionPatterns: string[] = [];
  const prefix = libraryId === null ? 'library/' : `${root}/`;
  const store = libraryId === null ? 'folder' : 'external';

  const harness: ScanHarness = {
    root,
    ports,
    pass: (seconds) => void (aheadMs += seconds * 1000),
    put(path, text = path) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    whileWaiting: (act) => void (meanwhile = act),
    exclude: (...patterns) => void exclusionPatterns.push(...patterns),
    excludeNothing: () => void exclusionPatterns.splice(0),
    async tree() {
      const [row] = await ensureScanRoots(db, [{ path: root, store, prefix, libraryId }]);
      if (row === undefined) throw new Error('no row of the tree');
      return { root: row, spec: { path: root, prefix, exclusionPatterns } };
    },
    async scan(kind = 'incremental', { sliceMs = dayMs, signal, holder, isRequested = false, ...limits } = {}) {
      return await scanTree({ ...ports, holder: holder ?? ports.holder }, await harness.tree(), {
        kind,
        requestedAt: isRequested ? new Date(ports.now()) : undefined,
        limits: { ...usualLimits, ...limits },
        endsAtMs: ports.now() + sliceMs,
        signal: signal ?? new AbortController().signal,
      });
    },
    async settle() {
      if ((await harness.scan()) !== 'finished') throw new Error('the scan did not end');
      await harness.reported();
    },
    async ingestMoves() {
      await using used = guardStore(await withOutside(config, await openPrimaryStore(config)));
      const moved = await db
        .deleteFrom('outbox')
        .where('type', '=', eventTypes.objectMoved)
        .returning('data')
        .execute();
      for (const { data } of moved)
        await moveObject(
          { db, config, store: used },
          data as EventData<typeof eventTypes.objectMoved>,
          new AbortController().signal,
        );
      return moved.length;
    },
    async reported() {
      const rows = await db.deleteFrom('outbox').returning(['type', 'subject']).execute();
      const created = rows.filter((row) => row.type.includes('created'));
      for (const { subject: key } of created) {
        if ((await findStoredObject(db, { store, key })) !== undefined) continue;
        const facts = {
          state: 'unowned',
          assetId: null,
          ownerId: null,
          sizeBytes: 1,
          version: null,
          reason: null,
        } as const;
        await recordObject(db, { store, key }, facts);
      }
      return rows.map(({ type, subject }) => (type.includes('created') ? '+' : '-') + subject).toSorted();
    },
    async states() {
      const rows = await db
        .selectFrom('scan_file')
        .innerJoin('scan_directory', 'scan_directory.id', 'scan_file.directoryId')
        .innerJoin('scan_root', 'scan_root.id', 'scan_directory.rootId')
        .select(['scan_directory.path', 'scan_file.name', 'scan_file.state'])
        .where('scan_root.path', '=', root)
        .execute();
      return Object.fromEntries(rows.map(({ path, name, state }) => [path === '' ? name : `${path}/${name}`, state]));
    },
    async rootRow() {
      const row = (await listScanRoots(db)).find((it) => it.path === root);
      if (row === undefined) throw new Error('no row of the tree');
      return row;
    },
    async lastRun() {
      const { id } = await harness.rootRow();
      return await db
        .selectFrom('scan_run')
        .selectAll()
        .where('rootId', '=', id)
        .orderBy('startedAt', 'desc')
        .limit(1)
        .executeTakeFirstOrThrow();
    },
    async addFoundAsset(ownerId, key) {
      const path = join(root, key.slice(prefix.length));
      const id = newId();
      const facts = statSync(path, { bigint: true });
      const date = new Date('2024-05-06T07:08:09.123Z');
      const created = await createAsset(db, {
        store,
        origin: { kind: 'found', version: `${facts.mtimeNs.toString(16)}-${facts.size.toString(16)}` },
        asset: {
          id,
          ownerId,
          type: 'IMAGE',
          checksum: createHash('sha1').update(readFileSync(path)).digest(),
          originalPath: key,
          originalFileName: basename(key),
          fileSizeInByte: Number(facts.size),
          fileCreatedAt: date,
          fileModifiedAt: date,
          localDateTime: date,
          width: null,
          height: null,
          thumbhash: null,
          duration: null,
          livePhotoVideoId: null,
          stackId: null,
          duplicateId: null,
          deletedAt: null,
          ...(libraryId === null ? {} : { libraryId }),
        },
      });
      if (created.outcome !== 'created') throw new Error(`the asset of ${key} was not created: ${created.outcome}`);
      return id;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
  return harness;
}
