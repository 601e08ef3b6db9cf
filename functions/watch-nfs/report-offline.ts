import { listOfflineFiles, type OfflineFile, type ScanFileKey } from '#shared/scans/scan-file.ts';
import { createExclusion } from '#shared/store/exclusion.ts';
import { reportOffline } from './report.ts';
import { commit, count, locationOf, type Scan } from './scan.ts';

const batchFiles = 1_000;

/**
 * Reports again files that are there although their asset is offline, whatever was reported before: an exclusion
 * pattern may have been set and removed, an account closed and restored, or an event lost.
 */
export async function reportOfflineAgain(scan: Scan, exclusionPatterns: readonly string[]): Promise<void> {
  const { ports, root } = scan;
  const isExcluded = createExclusion(exclusionPatterns);
  let after: ScanFileKey | undefined;
  for (;;) {
    const files: OfflineFile[] = await listOfflineFiles(ports.db, root.id, { after, limit: batchFiles });
    after = files.at(-1);
    if (after === undefined) return;
    const shown = files.filter(({ folder, name }) => !isExcluded(locationOf(root, folder, name)));
    if (shown.length === 0) continue;
    await commit(scan, async (tx) => {
      await reportOffline(tx, root, shown);
      count(scan.run.counts, { offline: shown.length });
    });
    ports.relay.kick();
  }
}
