import type { Db } from '#shared/db/db.ts';
import { noteNotification, type ListingScope } from '#shared/scans/bucket-listing.ts';
import { DarkroomError, toDarkroomError, toProblem } from '#shared/errors/errors.ts';
import type { EventHandler, EventReply } from '#shared/events/receive.ts';
import type { Log } from '#shared/log/log.ts';
import type { Relay } from '#shared/pipeline/relay.ts';
import type { Store } from '#shared/store/store.ts';
import { createAuthorization } from './authorize.ts';
import { parseNotification } from './notification.ts';
import { reportHints } from './report-hints.ts';
import { locate } from '#shared/scans/watched-buckets.ts';

export interface WebhookPorts {
  db: Db;
  store: Pick<Store, 'find'>;
  relay: Pick<Relay, 'kick'>;
  log: Log;
  /** The buckets whose notifications are accepted. */
  watched: readonly ListingScope[];
  token: string | undefined;
}

/**
 * Handles bucket notifications. Answers 204 when their hints are durably recorded, or concern no watched object; 503
 * when the database or the store is unavailable, so that the sender keeps them; 400 for what no S3 sends.
 */
export function createWebhook(ports: WebhookPorts): EventHandler {
  const { token, log } = ports;
  const isAuthorized = token === undefined ? undefined : createAuthorization(token);
  return async ({ method, headers, body }, signal) => {
    try {
      if (method !== undefined && method !== 'POST')
        throw new DarkroomError('input/method', 'A notification is sent with POST');
      if (isAuthorized === undefined) throw new DarkroomError('webhook/closed', 'DARKROOM_WEBHOOK_TOKEN is not set');
      if (!isAuthorized(headers['authorization']))
        throw new DarkroomError('auth/invalid', 'The notification does not carry the token');
      await take(ports, body, signal);
      return { status: 204, headers: {} };
    } catch (thrown) {
      const error = toDarkroomError(thrown);
      log.warn({ err: error }, 'bucket notification not accepted');
      return toReply(error);
    }
  };
}

async function take(
  { db, store, relay, log, watched }: WebhookPorts,
  body: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const { hints, ignored } = parseNotification(body);
  let taken = 0;
  for (const scope of watched) {
    const ofBucket = hints.filter(({ bucket }) => bucket === scope.bucket);
    const locations = ofBucket.map(({ key }) => locate(scope, key)).filter((it) => it !== undefined);
    if (locations.length === 0) continue;
    await reportHints({ db, store }, scope.store, locations, signal);
    await noteNotification(db, scope.bucket);
    taken += locations.length;
  }
  if (taken > 0) relay.kick();
  const elsewhere = hints.length - taken;
  const isPlain = elsewhere === 0 && Object.keys(ignored).length === 0;
  log[isPlain ? 'debug' : 'info']({ taken, elsewhere, ignored }, 'bucket notification');
}

function toReply(error: DarkroomError): EventReply {
  return {
    status: error.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(error.code === 'input/method' ? { allow: 'POST' } : {}),
      ...(error.code === 'auth/invalid' ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: JSON.stringify(toProblem(error)),
  };
}
