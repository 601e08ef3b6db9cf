import type { AdminCommand } from './command.ts';
import { changeAccount, getAccount } from './find-account.ts';
import { getOnlyArgument } from './read-input.ts';

export const command: AdminCommand = {
  async run(ports, input) {
    const db = await ports.openDb();
    const user = await getAccount(db, getOnlyArgument(input, 'e-mail address'));
    await changeAccount(db, user, { isAdmin: true });
    const already = user.isAdmin ? 'was an administrator already' : 'is an administrator now';
    return { text: `${user.email} ${already}.`, json: { email: user.email, isAdmin: true } };
  },
};
