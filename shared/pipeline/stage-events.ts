import { wakeTypeOf } from '#shared/stages/stage-graph.ts';
import { stages, type Stage } from '#shared/db/tables.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { assetEvent, type AssetSubject } from '#shared/events/new-event.ts';

/** The event that makes the Broker call the function of `stage` for an asset. */
export function wakeEvent(stage: Stage, subject: AssetSubject, version: string): DarkroomEvent {
  return assetEvent(wakeTypeOf(stage), subject, version);
}

/**
 * The stage that an event wakes; undefined for events that wake none. An asset.described of a video wakes transcode.
 */
export function stageOfEvent(type: string, assetType: 'image' | 'video' = 'image'): Stage | undefined {
  if (type === wakeTypeOf('transcode')) return assetType === 'video' ? 'transcode' : 'thumbnail';
  return stages.find((stage) => wakeTypeOf(stage) === type);
}
