import { createToken } from '#shared/auth/tokens.ts';
import { createSession as insertSession } from '#shared/users/session.ts';
import { newId } from '#shared/ids/ids.ts';
import { requireSession } from '../auth/require-session.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { serializeSession } from './serialize.ts';

/** Makes a session from the one that asks, to hand to another device (Chromecast); it ends with that one. */
export async function createSession(
  context: RequestContext,
  { body: { duration, deviceType = '', deviceOS = '' } }: RouteInput<undefined, undefined, BodyOf<'createSession'>>,
): Promise<ResponseOf<'createSession'>> {
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
}
