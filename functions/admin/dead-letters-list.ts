import { listDeadLetters } from '#shared/outbox/dead-letter.ts';
import { canRedrive } from '#shared/pipeline/redrive.ts';
import { shortenType } from '#shared/events/event-types.ts';
import { letterOptions, readLetterFilter } from './choose-letters.ts';
import type { AdminCommand } from './command.ts';
import { formatAge } from './format-age.ts';
import { formatTable } from './format-table.ts';
import { findCount } from './read-input.ts';

export const command: AdminCommand = {
  options: { ...letterOptions, limit: { type: 'string' } },
  async run(ports, input) {
    const limit = findCount(input, 'limit') ?? 100;
    const filter = readLetterFilter(input);
    const letters = await listDeadLetters(await ports.openDb(), limit + 1, filter);
    const shown = letters.slice(0, limit);
    const rows = shown.map((letter) => [
      letter.id,
      formatAge(letter.receivedAt),
      shortenType(letter.eventType),
      letter.subject,
      String(letter.errorCode ?? ''),
      `${canRedrive(letter) ? '' : 'Not an event of Darkroom, can only be discarded. '}${letter.reason ?? ''}`,
    ]);
    const more = letters.length > limit ? `\nThere are more; --limit N shows up to N.` : '';
    return {
      text:
        rows.length === 0
          ? 'There are no dead letters.'
          : formatTable(['ID', 'AGE', 'EVENT', 'ABOUT', 'STATUS', 'REASON'], rows) + more,
      json: shown.map((letter) => ({ ...letter, canRedrive: canRedrive(letter) })),
    };
  },
};
