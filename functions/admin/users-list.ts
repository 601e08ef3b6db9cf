import { listUsers } from '#shared/users/user.ts';
import type { User } from '#shared/db/tables.ts';
import type { AdminCommand } from './command.ts';
import { formatTable } from './format-table.ts';
import { refuseArguments } from './read-input.ts';

export const command: AdminCommand = {
  async run(ports, input) {
    refuseArguments(input);
    const users = await listUsers(await ports.openDb(), { withDeleted: true });
    const rows = users.map((user) => [
      user.email,
      user.name,
      user.isAdmin ? 'admin' : '',
      user.storageLabel ?? '',
      formatUsage(user),
      user.createdAt.toISOString().slice(0, 10),
      user.status === 'active' ? '' : user.status,
    ]);
    return {
      text:
        rows.length === 0
          ? 'There are no accounts yet. The first user who signs up becomes the administrator.'
          : formatTable(['E-MAIL', 'NAME', 'ROLE', 'FOLDER', 'SPACE', 'SINCE', 'STATE'], rows),
      json: users.map(toJson),
    };
  },
};

/** The fields of a user that are not secret. */
export function toJson(user: User) {
  const { id, email, name, isAdmin, storageLabel, quotaUsageInBytes, quotaSizeInBytes, status, createdAt } = user;
  return { id, email, name, isAdmin, storageLabel, quotaUsageInBytes, quotaSizeInBytes, status, createdAt };
}

const gib = 2 ** 30;

function formatUsage({ quotaUsageInBytes, quotaSizeInBytes }: User): string {
  const of = quotaSizeInBytes === null ? '' : ` of ${(quotaSizeInBytes / gib).toFixed(1)}`;
  return `${(quotaUsageInBytes / gib).toFixed(1)}${of} GiB`;
}
