import { deleteOtherSessions } from '#shared/users/session.ts';
import type { AdminCommand } from './command.ts';
import { changeAccount, getAccount } from './find-account.ts';
import { readNewPassword, formatPassword } from './new-password.ts';
import { getOnlyArgument, hasFlag } from './read-input.ts';

export const command: AdminCommand = {
  options: { 'password-stdin': { type: 'boolean' }, 'end-sessions': { type: 'boolean' } },
  async run(ports, input) {
    const db = await ports.openDb();
    const user = await getAccount(db, getOnlyArgument(input, 'e-mail address'));
    const password = await readNewPassword(ports, input);
    await changeAccount(db, user, {
      password: password.hash,
      shouldChangePassword: password.generated !== undefined,
    });
    const endsSessions = hasFlag(input, 'end-sessions');
    if (endsSessions) await deleteOtherSessions(db, user.id);
    const sessions = endsSessions ? ' All devices are logged out.' : '';
    return {
      text: `${user.email} has a new password.${sessions}${formatPassword(password)}`,
      json: { email: user.email, generatedPassword: password.generated, endedSessions: endsSessions },
    };
  },
};
