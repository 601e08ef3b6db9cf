import { writeOutbox } from '#shared/db/queries/outbox.ts';
import { newId } from '#shared/ids/ids.ts';
import type { AdminCommand } from './command.ts';
import { hasFlag, refuseArguments } from './read-input.ts';

export const command: AdminCommand = {
  options: { full: { type: 'boolean' } },
  async run(ports, input) {
    refuseArguments(input);
    const full = hasFlag(input, 'full');
    const type = 'photos.darkroom.scan.requested.v1';
    const db = await ports.openDb();
    await writeOutbox(db, [{ id: newId(), type, source: '/darkroom/admin', subject: 'all', data: { full } }]);
    const waiting = await ports.announce();
    const text = `All watched folders are looked through${full ? ', every file of them' : ''}.`;
    return { text: waiting === undefined ? text : `${text}\n${waiting}`, json: { full, waiting } };
  },
};
