import { randomBytes } from 'node:crypto';
import * as session from '#shared/users/session.ts';
import { newId } from '#shared/ids/ids.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof session> = {
  createSession: (db, { userId }) => session.createSession(db, { id: newId(), token: randomBytes(32), userId }),
  findSession: (db) => session.findSession(db, newId()),
  findSessionByToken: (db) => session.findSessionByToken(db, randomBytes(32)),
  touchSession: (db) => session.touchSession(db, newId(), { deviceType: 'iOS', deviceOS: '', appVersion: '3.2.2' }),
  listSessions: (db, { userId }) => session.listSessions(db, userId),
  deleteSession: (db, { userId }) => session.deleteSession(db, newId(), userId),
  async deleteOtherSessions(db, { userId }) {
    await session.deleteOtherSessions(db, userId);
    await session.deleteOtherSessions(db, userId, newId());
  },
  lockSession: (db, { userId }) => session.lockSession(db, newId(), userId),
  unlockSession: (db, { userId }) => session.unlockSession(db, newId(), userId, 15),
  requestSyncReset: (db, { userId }) => session.requestSyncReset(db, newId(), userId, true),
  lockAllSessions: (db, { userId }) => session.lockAllSessions(db, userId),
  deleteExpiredSessions: (db) => session.deleteExpiredSessions(db),
};
