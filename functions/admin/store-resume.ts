import type { AdminCommand } from './command.ts';
import { refuseArguments } from './read-input.ts';

export const command: AdminCommand = {
  async run(ports, input) {
    refuseArguments(input);
    const { identity } = await ports.openPlatform();
    const resumed = await identity.resume();
    return {
      text: resumed
        ? 'Deletions are carried out again. What is in the trash stays there for its whole time from now on.'
        : 'Deletions were not on hold.',
      json: { resumed },
    };
  },
};
