import type { eventTypes } from '#shared/events/event-types.ts';
import type { EventData } from '#shared/events/catalogue.ts';
import { ingestObject, type IngestPorts } from './ingest.ts';
import { removeObject } from './remove-object.ts';

/**
 * A watcher sees at `key` the bytes that it no longer sees at `from`: the asset that had its original there has it here
 * from then on. Both places are decided about as if they had been reported apart, since both may have changed meanwhile.
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
