import type { eventTypes } from '#shared/events/event-types.ts';
import type { EventData } from '#shared/events/catalogue.ts';
import { ingestObject, type IngestPorts } from './ingest.ts';
import { removeObject } from './remove-object.ts';

/**
 * A watcher sees at `key` the bytes that it no longer sees at `from`: `key` becomes the original of the asset at
 * `from`. Both keys are decided about as if they had been reported separately, since both may have changed meanwhile.
 * @throws store/changing, resource/conflict, store/unavailable
 */
export async function moveObject(
  ports: IngestPorts,
  { key, from, version, checksum }: EventData<typeof eventTypes.objectMoved>,
  signal: AbortSignal,
): Promise<void> {
  await ingestObject(ports, { key, ...(checksum !== undefined && { hashed: { version, checksum } }) }, signal);
  if ((await removeObject(ports, { key: from })) === 'still-there') await ingestObject(ports, { key: from }, signal);
}
