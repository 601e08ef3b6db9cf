import type { CloudEvent } from 'cloudevents';
import type { Db } from '#shared/db/db.ts';
import { keepDeadLetter } from '#shared/outbox/dead-letter.ts';
import { deleteOutbox } from '#shared/outbox/outbox.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { decodeHeaderValue } from '#shared/events/header-value.ts';
import { isUuid } from '#shared/ids/ids.ts';
import { stageOfEvent } from '#shared/pipeline/stage-events.ts';

export interface DeadLetterPorts {
  db: Db;
}

/**
 * Stores an event that no retry could deliver, with the Broker's reason, unless its stage has settled meanwhile. The row
 * of the stage stays queued: a sweep announces it again.
 * @see Knative Eventing, event delivery: knativeerrordest, knativeerrorcode, knativeerrordata
 */
export async function fileDeadLetter({ db }: DeadLetterPorts, event: CloudEvent<unknown>): Promise<'kept' | 'settled'> {
  const subject = event.subject ?? '';
  const stage = stageOfEvent(event.type, event['assettype'] === 'video' ? 'video' : 'image');
  if (stage !== undefined && isUuid(subject)) {
    const row = await db
      .selectFrom('asset_stage')
      .select('state')
      .where('assetId', '=', subject)
      .where('stage', '=', stage)
      .executeTakeFirst();
    if (row === undefined || row.state === 'done' || row.state === 'failed' || row.state === 'unsupported')
      return 'settled';
  }
  await inTransaction(db, async (tx) => {
    await keepDeadLetter(tx, letterOf(event));
    // The dead letter replaces the row in the outbox.
    await deleteOutbox(tx, [event.id]);
  });
  return 'kept';
}

function letterOf(event: CloudEvent<unknown>): Parameters<typeof keepDeadLetter>[1] {
  const code = Number(event['knativeerrorcode']);
  return {
    eventId: event.id,
    eventType: event.type,
    source: decodeHeaderValue(event.source),
    subject: decodeHeaderValue(event.subject ?? ''),
    data: event.data ?? null,
    destination: textOf(event['knativeerrordest']),
    errorCode: Number.isInteger(code) ? code : null,
    reason: readErrorData(textOf(event['knativeerrordata'])),
  };
}

/** The start of the function's response, in base64; of a problem document the reason is its detail. */
function readErrorData(data: string | null): string | null {
  if (data === null) return null;
  const text = /^[\d+/=A-Za-z]+$/.test(data) ? Buffer.from(data, 'base64').toString('utf8') : data;
  const detail = /"detail":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  return (detail ?? text).slice(0, 4096);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
