import { eventSources } from '#shared/events/event-sources.ts';
import { scanRequested } from '#shared/events/new-event.ts';
import { writeOutbox } from '#shared/outbox/outbox.ts';
import type { AdminCommand } from './command.ts';
import { hasFlag, refuseArguments } from './read-input.ts';

export const command: AdminCommand = {
  options: { full: { type: 'boolean' } },
  async run(ports, input) {
    refuseArguments(input);
    const full = hasFlag(input, 'full');
    const db = await ports.openDb();
    await writeOutbox(db, [scanRequested(eventSources.admin, { full })]);
    const waiting = await ports.announce();
    const text = `A ${full ? 'full scan' : 'scan'} of all watched folders was requested.`;
    return { text: waiting === undefined ? text : `${text}\n${waiting}`, json: { full, waiting } };
  },
};
