import { eventTypes } from '#shared/events/event-types.ts';
import type { AssetType, Stage } from '#shared/db/tables.ts';

/** The media that the pipeline distinguishes; Triggers call it `assettype`. */
export type StageKind = Extract<AssetType, 'IMAGE' | 'VIDEO'>;

interface StageNode {
  stage: Stage;
  kind: StageKind;
  /** The stage that must be done before; undefined if the asset is enough. */
  after: Stage | undefined;
  /** The type of the event that wakes its function. All stages after the same stage share it. */
  wokenBy: string;
  /** The function that a Trigger sends that event to; a stage without one is never opened. */
  servedBy: string | undefined;
  /** How long a queued stage may wait while others of the same name are worked on. */
  waitsSecondsMax: number;
}

/** The stages: their media, order and functions. The Triggers of knative/ must agree: a test compares them. */
export const stageGraph = [
  {
    stage: 'metadata',
    kind: 'IMAGE',
    after: undefined,
    wokenBy: eventTypes.assetCreated,
    servedBy: 'metadata',
    waitsSecondsMax: 120,
  },
  {
    stage: 'metadata',
    kind: 'VIDEO',
    after: undefined,
    wokenBy: eventTypes.assetCreated,
    servedBy: 'metadata',
    waitsSecondsMax: 120,
  },
  {
    stage: 'thumbnail',
    kind: 'IMAGE',
    after: 'metadata',
    wokenBy: eventTypes.assetDescribed,
    servedBy: 'thumbnail',
    waitsSecondsMax: 120,
  },
  {
    stage: 'faces',
    kind: 'IMAGE',
    after: 'thumbnail',
    wokenBy: eventTypes.assetRendered,
    servedBy: 'faces',
    waitsSecondsMax: 120,
  },
  {
    stage: 'people',
    kind: 'IMAGE',
    after: 'faces',
    wokenBy: eventTypes.facesEmbedded,
    servedBy: 'people',
    waitsSecondsMax: 120,
  },
  {
    stage: 'transcode',
    kind: 'VIDEO',
    after: 'metadata',
    wokenBy: eventTypes.assetDescribed,
    servedBy: undefined,
    waitsSecondsMax: 900,
  },
] as const satisfies readonly StageNode[];

type Node = (typeof stageGraph)[number];

/** A stage that a function serves for at least one kind of media: no other can be opened. */
export type ServedStage = Extract<Node, { servedBy: string }>['stage'];
export type ServedNode = Extract<Node, { servedBy: string }>;

export const servedNodes: readonly ServedNode[] = stageGraph.filter((node) => node.servedBy !== undefined);

export function isServed(stage: Stage): stage is ServedStage {
  return servedNodes.some((node) => node.stage === stage);
}

/** The media for which a function serves a stage. */
export function listKinds(stage: Stage): StageKind[] {
  return servedNodes.filter((node) => node.stage === stage).map((node) => node.kind);
}

/** The stages that are opened when `stage` of an asset of this type is done. */
export function listNext(stage: Stage, type: AssetType): ServedStage[] {
  return servedNodes.filter((node) => node.after === stage && node.kind === type).map((node) => node.stage);
}

export function wakeTypeOf(stage: Stage): Node['wokenBy'] {
  const node = stageGraph.find((it) => it.stage === stage);
  if (node === undefined) throw new Error(`The graph has no stage ${stage}`);
  return node.wokenBy;
}
