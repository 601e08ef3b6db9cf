import { eventSources } from '#shared/events/event-sources.ts';
import type { Tx } from '#shared/db/db.ts';
import { writeOutbox, type OutboxEvent } from '#shared/outbox/outbox.ts';
import type { MissingFile, OfflineFile } from '#shared/scans/scan-file.ts';
import type { ScanRoot } from '#shared/db/tables.ts';
import { objectCreated, objectRemoved } from '#shared/events/new-event.ts';
import { countScanned } from '#shared/metrics/instruments.ts';
import type { Settled } from './find-moves.ts';
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

/** Tells again of files that are there and whose asset is offline. */
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
