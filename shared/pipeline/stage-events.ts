import { assetEvent, type AssetSubject, type DarkroomEvent } from '#shared/events/catalogue.ts';
import type { Stage } from '#shared/db/tables.ts';

/** The event that wakes each stage, and the stage that comes after it. The Triggers in knative/ say the same. */
export const stageFlow = {
  metadata: { wokenBy: 'photos.darkroom.asset.created.v1', next: 'thumbnail' },
  thumbnail: { wokenBy: 'photos.darkroom.asset.described.v1', next: 'faces' },
  faces: { wokenBy: 'photos.darkroom.asset.rendered.v1', next: 'people' },
  people: { wokenBy: 'photos.darkroom.faces.embedded.v1', next: undefined },
  transcode: { wokenBy: 'photos.darkroom.asset.described.v1', next: undefined },
} as const satisfies Record<Stage, { wokenBy: Parameters<typeof assetEvent>[0]; next: Stage | undefined }>;

/** The event that makes the Broker call the function of `stage` for an asset. */
export function wakeEvent(stage: Stage, subject: AssetSubject, version: string): DarkroomEvent {
  return assetEvent(stageFlow[stage].wokenBy, subject, version);
}

/** Which stage an event was meant to wake; undefined for facts that wake none. An asset.described of a video is transcode's. */
export function stageOfEvent(type: string, assetType: 'image' | 'video' = 'image'): Stage | undefined {
  if (type === stageFlow.transcode.wokenBy) return assetType === 'video' ? 'transcode' : 'thumbnail';
  return (Object.keys(stageFlow) as Stage[]).find((stage) => stageFlow[stage].wokenBy === type);
}
