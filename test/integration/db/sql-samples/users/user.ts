import * as user from '#shared/users/user.ts';
import type { NewUser } from '#shared/db/tables.ts';
import { newId } from '#shared/ids/ids.ts';
import { removeRows, type SamplesOf } from '../sample.ts';

const newUser = (): NewUser => ({
  id: newId(),
  email: 'ann@example.org',
  password: null,
  avatarColor: null,
  storageLabel: null,
  quotaSizeInBytes: null,
  pinCode: null,
  deletedAt: null,
});

export const samples: SamplesOf<typeof user> = {
  findUser: (db, { userId }) => user.findUser(db, userId),
  findUserByEmail: (db) => user.findUserByEmail(db, 'ann@example.org'),
  hasUsers: (db) => user.hasUsers(db),
  async listUsers(db, { userId }) {
    await user.listUsers(db);
    await user.listUsers(db, { id: userId, withDeleted: true });
  },
  createUser: (db) => user.createUser(db, newUser()),
  async updateUser(db, { userId }) {
    await user.updateUser(db, userId, { name: 'Ann' });
    await user.updateUser(db, userId, { storageLabel: 'ann' });
  },
  async createFirstUser(db, _rows, unrecorded) {
    await removeRows(unrecorded);
    await user.createFirstUser(db, newUser());
  },
  setFirstPinCode: (db, { userId }) => user.setFirstPinCode(db, userId, 'hash'),
  softDeleteUser: (db, { userId }) => user.softDeleteUser(db, userId),
  restoreUser: (db, { userId }) => user.restoreUser(db, userId),
  keepClosedAccountsLonger: (db) => user.keepClosedAccountsLonger(db),
  markRemoving: (db, { userId }) => user.markRemoving(db, userId),
  deleteUser: (db, { userId }) => user.deleteUser(db, userId),
};
