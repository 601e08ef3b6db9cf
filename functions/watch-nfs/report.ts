import { eventSources } from '#shared/events/event-sources.ts';
import type { Tx } from '#shared/db/db.ts';
import { writeOutbox, type OutboxEvent } from '#shared/outbox/outbox.ts';
import type { MissingFile, OfflineFile } from '#shared/scans/scan-file.ts';
import type { DuplicateMove } from '#shared/scans/scan-move.ts';
import type { ScanRoot } from '#shared/db/tables.ts';
import { objectCreated, objectMoved, objectRemoved } from '#shared/events/new-event.ts';
import { countScanned } from '#shared/metrics/instruments.ts';
import type { Move, Settled } from './find-moves.ts';
import { locationOf } from './scan.ts';

const batchEvents = 1_000;

export async function reportCreated(tx: Tx, root: ScanRoot, settled: readonly Settled[]): Promise<void> {
  const { store } = root;
  countScanned(settled.length, { kind: 'created' });
  await write(
    tx,
    settled.map(({ file: { name, sizeBytes, version }, folder }) =>
      objectCreated(eventSources.watchNfs, { store, key: locationOf(root, folder, name), sizeBytes, version }),
    ),
  );
}

/** Reports files with the bytes of an asset whose original was elsewhere. */
export async function reportMoved(tx: Tx, root: ScanRoot, moves: readonly Move[]): Promise<void> {
  const { store } = root;
  countScanned(moves.length, { kind: 'moved' });
  await write(
    tx,
    moves.map(({ file: { name, sizeBytes, version }, folder, from, checksum }) =>
      objectMoved(eventSources.watchNfs, {
        store,
        key: locationOf(root, folder, name),
        from: from.key,
        sizeBytes,
        version,
        checksum,
      }),
    ),
  );
}

/** Reports files that are gone and that have a duplicate which `ingest` recorded. */
export async function reportDuplicateMoves(tx: Tx, moves: readonly DuplicateMove[]): Promise<void> {
  countScanned(moves.length, { kind: 'moved' });
  await write(
    tx,
    moves.map(({ from, to, toVersion, sizeBytes }) =>
      objectMoved(eventSources.watchNfs, { ...to, from: from.key, sizeBytes, version: toVersion }),
    ),
  );
}

/** Reports again files that are there although their asset is offline. */
export async function reportOffline(tx: Tx, root: ScanRoot, files: readonly OfflineFile[]): Promise<void> {
  const { store } = root;
  await write(
    tx,
    files.map(({ folder, name, sizeBytes, version }) =>
      objectCreated(eventSources.watchNfs, { store, key: locationOf(root, folder, name), sizeBytes, version }),
    ),
  );
}

export async function reportRemoved(tx: Tx, root: ScanRoot, removed: readonly MissingFile[]): Promise<void> {
  const { store } = root;
  countScanned(removed.length, { kind: 'removed' });
  await write(
    tx,
    removed.map(({ folder, name, version }) =>
      objectRemoved(eventSources.watchNfs, { store, key: locationOf(root, folder, name), version }),
    ),
  );
}

async function write(tx: Tx, events: readonly OutboxEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += batchEvents)
    await writeOutbox(tx, events.slice(start, start + batchEvents));
}
