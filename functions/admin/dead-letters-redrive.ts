import { redriveLetters } from '#shared/pipeline/redrive.ts';
import { letterOptions, readNarrowFilter } from './choose-letters.ts';
import type { AdminCommand } from './command.ts';
import { formatRedriven } from './format-redriven.ts';

export const command: AdminCommand = {
  options: { ...letterOptions, all: { type: 'boolean' } },
  async run(ports, input) {
    const redriven = await redriveLetters(await ports.openDb(), readNarrowFilter(input));
    const waiting = await ports.announce();
    const lines = formatRedriven(redriven);
    if (lines.length === 0) lines.push('There is no such dead letter.');
    return { text: [...lines, waiting ?? ''].join('\n').trimEnd(), json: { ...redriven, waiting } };
  },
};
