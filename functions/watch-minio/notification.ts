import { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';

/** The objects that a bucket notification names. They are hints where to look, and do not say what is there. */
export interface Notification {
  hints: { bucket: string; key: string }[];
  /** Number of records that were passed over since they name no created or removed object, by reason. */
  ignored: Partial<Record<'event' | 'key', number>>;
}

const maxRecords = 1_000;

/**
 * MinIO writes `s3:ObjectCreated:Put`, Amazon `ObjectCreated:Put`; removals by lifecycle rules have a name of their
 * own.
 */
const presenceEvent = /^(?:s3:)?(?:ObjectCreated|ObjectRemoved|LifecycleExpiration):/;

const record = z.object({ eventName: z.string(), s3: z.unknown() });
const subject = z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) });
const body = z.object({ Records: z.array(record).max(maxRecords) });
const testBody = z.object({ Event: z.literal('s3:TestEvent') });

/**
 * Reads what MinIO and every S3 send: `{Records: [{eventName, s3: {bucket, object}}]}`. Unknown event names are passed
 * over, since a subscription to more events than Darkroom needs must not block: MinIO sends a notification until it is
 * accepted, and none after it.
 * @throws input/invalid for what no S3 sends
 * @see Amazon S3 User Guide, Event message structure
 */
export function parseNotification(bytes: Buffer): Notification {
  const json = parseJson(bytes);
  if (testBody.safeParse(json).success) return { hints: [], ignored: { event: 1 } };
  const parsed = body.safeParse(json);
  if (!parsed.success) throw new DarkroomError('input/invalid', 'Not a bucket notification', { cause: parsed.error });
  const notification: Notification = { hints: [], ignored: {} };
  for (const { eventName, s3 } of parsed.data.Records) {
    const named = subject.safeParse(s3);
    const key = named.success ? decodeKey(named.data.object.key) : undefined;
    if (!presenceEvent.test(eventName)) count(notification, 'event');
    else if (!named.success || key === undefined) count(notification, 'key');
    else notification.hints.push({ bucket: named.data.bucket.name, key });
  }
  return notification;
}

function count({ ignored }: Notification, why: keyof Notification['ignored']): void {
  ignored[why] = (ignored[why] ?? 0) + 1;
}

/** Keys are form-encoded. */
function decodeKey(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new DarkroomError('input/invalid', 'The notification is not JSON', { cause });
  }
}
