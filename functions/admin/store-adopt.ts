import type { AdminCommand } from './command.ts';
import { refuseArguments } from './read-input.ts';

export const command: AdminCommand = {
  async run(ports, input) {
    refuseArguments(input);
    const { identity } = await ports.openPlatform();
    await identity.adopt();
    const { label, known } = await identity.describe();
    return {
      text: `${label} is the store of this database now. No files are deleted there until you run store resume; check first with verify.`,
      json: { store: label, id: known?.id },
    };
  },
};
