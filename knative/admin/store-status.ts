import type { AdminCommand } from './command.ts';
import { formatAge } from './format-age.ts';
import { refuseArguments } from './read-input.ts';

export const command: AdminCommand = {
  async run(ports, input) {
    refuseArguments(input);
    const { identity } = await ports.openPlatform();
    const { label, known, problem, hold } = await identity.describe();
    const lines = [`Store: ${label}`, `Id: ${known?.id ?? 'none yet'}`];
    if (problem !== undefined) lines.push(`It cannot be used: ${problem}`);
    if (hold !== undefined) {
      const since = known?.heldAt ?? null;
      lines.push(`Nothing is deleted${since === null ? '' : ` since ${formatAge(since)}`}: ${hold}`);
      lines.push('Look at what is there (verify), then say: store resume');
    }
    return {
      text: lines.join('\n'),
      json: { store: label, id: known?.id, problem, deletionsHeld: hold, heldAt: known?.heldAt },
    };
  },
};
