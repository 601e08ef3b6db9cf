import { lettersOfStage, redriveFailed, redriveLetters } from '#shared/pipeline/redrive.ts';
import type { AdminCommand } from './command.ts';
import { findStage, refuseArguments } from './read-input.ts';
import { formatRedriven } from './format-redriven.ts';

export const command: AdminCommand = {
  options: { stage: { type: 'string' } },
  async run(ports, input) {
    refuseArguments(input);
    const stage = findStage(input);
    const db = await ports.openDb();
    const letters = await redriveLetters(db, stage === undefined ? {} : lettersOfStage(stage));
    const failed = await redriveFailed(db, stage);
    const waiting = await ports.announce();
    const lines = [failed > 0 ? `${failed} failed stages run again` : '', ...formatRedriven(letters)].filter(Boolean);
    if (lines.length === 0) lines.push('Nothing has failed.');
    return { text: [...lines, waiting ?? ''].join('\n').trimEnd(), json: { failed, letters, waiting } };
  },
};
