import { approveMissing } from '#shared/scans/scan-root.ts';
import type { AdminCommand } from './command.ts';
import { getScanRoot } from './find-scan-root.ts';
import { getOnlyArgument } from './read-input.ts';

export const command: AdminCommand = {
  async run(ports, input) {
    const db = await ports.openDb();
    const root = await getScanRoot(db, getOnlyArgument(input, 'folder'));
    const wasHalted = root.haltedReason !== null;
    if (wasHalted) await approveMissing(db, root.id);
    return {
      text: wasHalted
        ? `The next full scan treats the missing files below ${root.path} as removed.`
        : `${root.path} is not halted: there is nothing to approve.`,
      json: { path: root.path, approved: wasHalted },
    };
  },
};
