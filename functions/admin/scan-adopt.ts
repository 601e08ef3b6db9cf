import { adoptScanRoot } from '#shared/scans/scan-root.ts';
import type { AdminCommand } from './command.ts';
import { getScanRoot } from './find-scan-root.ts';
import { getOnlyArgument } from './read-input.ts';

export const command: AdminCommand = {
  async run(ports, input) {
    const db = await ports.openDb();
    const root = await getScanRoot(db, getOnlyArgument(input, 'folder'));
    await adoptScanRoot(db, root.id);
    return { text: `The next scan accepts ${root.path} and its marker.`, json: { path: root.path } };
  },
};
