import { eventTypes } from '#shared/events/event-types.ts';
import type { AssetType, Stage } from '#shared/db/tables.ts';

/** What the pipeline tells apart; Triggers call it `assettype`. */
export type StageKind = Extract<AssetType, 'IMAGE' | 'VIDEO'>;

interface StageNode {
  stage: Stage;
  kind: StageKind;
  /** The stage that must be done before; none waits for nothing but the asset. */
  after: Stage | undefined;
  /** The type of the event that wakes its function. Stages after one another's same stage share it. */
  wokenBy: string;
  /** The function that a Trigger brings that event to; a stage without one is never opened. */
  servedBy: string | undefined;
  /** How long a stage that was announced may wait for its turn while others of its stage are worked on. */
  waitsSecondsMax: number;
}

/** What is done with which media, after what, and by whom. The Triggers of knative/ say the same: a test compares them. */
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

/** A stage that some function serves, for some media: no other can be opened. */
export type ServedStage = Extract<Node, { servedBy: string }>['stage'];
export type ServedNode = Extract<Node, { servedBy: string }>;

export const servedNodes: readonly ServedNode[] = stageGraph.filter((node) => node.servedBy !== undefined);

export function isServed(stage: Stage): stage is ServedStage {
  return servedNodes.some((node) => node.stage === stage);
}

/** The media for which somebody serves a stage. */
export function listKinds(stage: Stage): StageKind[] {
  return servedNodes.filter((node) => node.stage === stage).map((node) => node.kind);
}

/** The stages that are opened when `stage` of an asset of this type is done. */
export function listNext(stage: Stage, type: AssetType): ServedStage[] {
  return servedNodes.filter((node) => node.after === stage && node.kind === type).map((node) => node.stage);
}

/** The type of the event that wakes the function of a stage. */
export function wakeTypeOf(stage: Stage): Node['wokenBy'] {
  const node = stageGraph.find((it) => it.stage === stage);
  if (node === undefined) throw new Error(`The graph has no stage ${stage}`);
  return node.wokenBy;
}
