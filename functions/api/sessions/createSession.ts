import { z } from 'zod';
import { createToken } from '#shared/auth/tokens.ts';
import { newId } from '#shared/ids/ids.ts';
import { createSession as insertSession } from '#shared/users/session.ts';
import { requireSession } from '../auth/require-session.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { serializeSession } from './serialize-session.ts';

const centurySeconds = 100 * 365 * 24 * 60 * 60;

const createSessionBody = z.object({
  deviceOS: z.string().max(200).exactOptional(),
  deviceType: z.string().max(200).exactOptional(),
  /** Seconds, at most a century, so that the end is a valid date. */
  duration: z.int().min(1).max(centurySeconds).exactOptional(),
}) satisfies z.ZodType<BodyOf<'createSession'>>;

/** Creates a session for another device (Chromecast) from the current one; it ends with the current one. */
export const createSession = operation('createSession', {
  method: 'POST',
  path: '/sessions',
  auth: 'user',
  permission: 'session.create',
  status: 201,
  body: createSessionBody,
  handler: async (context, { body: { duration, deviceType = '', deviceOS = '' } }) => {
    const { ports, auth } = context;
    const parentId = requireSession(context);
    const { secret, hash } = createToken();
    const expiresAt = duration === undefined ? null : new Date(Date.now() + duration * 1000);
    const session = await insertSession(ports.db, {
      id: newId(),
      token: hash,
      userId: auth.user.id,
      parentId,
      expiresAt,
      deviceType,
      deviceOS,
    });
    return { ...serializeSession(session, parentId), token: secret };
  },
});
