import { randomUUID } from 'node:crypto';
import { toHeaders } from '#shared/events/publish.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { assetEvent } from '#shared/events/new-event.ts';
import type { AskOptions } from './ask.ts';

type AssetEventType = Parameters<typeof assetEvent>[0];
const ofAssets: Record<string, AssetEventType> = {
  'darkroom-metadata': 'photos.darkroom.asset.created.v1',
  'darkroom-thumbnail': 'photos.darkroom.asset.described.v1',
  'darkroom-faces': 'photos.darkroom.asset.rendered.v1',
  'darkroom-people': 'photos.darkroom.faces.embedded.v1',
  'darkroom-sweep': 'photos.darkroom.asset.deleted.v1',
  'darkroom-dead-letter': 'photos.darkroom.asset.created.v1',
};

/** A request that makes the function only query the database: an event of an object that does not exist. */
export function firstRequestOf(service: string): AskOptions {
  if (service === 'darkroom-api') return { path: '/api/server/ping' };
  const type = ofAssets[service];
  if (type !== undefined) {
    const subject = { assetId: randomUUID(), ownerId: randomUUID(), assetType: 'IMAGE' };
    return postOf(assetEvent(type, subject, 'none'));
  }
  if (service === 'darkroom-ingest') {
    const data = { store: 'minio', key: 'library/nobody/nothing.jpg' };
    return postOf({
      id: randomUUID(),
      type: 'photos.darkroom.object.removed.v1',
      source: '/test',
      subject: data.key,
      time: new Date().toISOString(),
      data,
    });
  }
  // Only rejected.
  return { method: 'POST', body: '{}' };
}

function postOf(event: DarkroomEvent): AskOptions {
  return { method: 'POST', headers: { ...toHeaders(event) }, body: JSON.stringify(event.data) };
}
