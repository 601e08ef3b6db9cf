import { discardDeadLetters } from '#shared/outbox/dead-letter.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { listUnparsable } from '#shared/pipeline/redrive.ts';
import { letterOptions, readNarrowFilter } from './choose-letters.ts';
import type { AdminCommand } from './command.ts';
import { findOption, hasFlag } from './read-input.ts';

export const command: AdminCommand = {
  options: {
    ...letterOptions,
    all: { type: 'boolean' },
    unparsable: { type: 'boolean' },
    reason: { type: 'string' },
  },
  async run(ports, input) {
    const reason = findOption(input, 'reason');
    if (!reason) throw new DarkroomError('input/invalid', '--reason TEXT is required');
    const isUnparsable = hasFlag(input, 'unparsable');
    const filter = isUnparsable ? {} : readNarrowFilter(input);
    const db = await ports.openDb();
    const chosen = isUnparsable ? { ids: await listUnparsable(db) } : filter;
    const discarded = await discardDeadLetters(db, chosen, reason);
    return {
      text: discarded === 0 ? 'There is no such dead letter.' : `${discarded} discarded.`,
      json: { discarded },
    };
  },
};
