import type { Installation } from './installation.ts';
import { readUse } from './pod-use.ts';

interface Sample {
  atMs: number;
  /** Ready pods by service. */
  ready: Map<string, number>;
  assets: number;
  thumbnails: number;
  open: number;
}

/** Samples the stages of one owner's photos, and the pods. */
export class FlowRecord implements AsyncDisposable {
  readonly startMs = Date.now();
  readonly samples: Sample[] = [];
  /** CPU of each container at its last sample. */
  private readonly cpuMs = new Map<string, number>();
  private readonly cpuBefore: Promise<Map<string, number>>;
  private readonly over = new AbortController();
  private readonly sampling: Promise<unknown>;

  constructor(installation: Installation, ownerId: string) {
    this.cpuBefore = readCpu();
    this.sampling = Promise.all([
      this.repeat(2000, async () => void this.samples.push(await sample(installation, ownerId))),
      this.repeat(5000, async () => {
        for (const [name, used] of await readCpu()) this.cpuMs.set(name, used);
      }),
    ]);
  }

  private async repeat(everyMs: number, work: () => Promise<void>): Promise<void> {
    while (!this.over.signal.aborted) {
      await work().catch((error: unknown) => console.log(`not sampled: ${String(error)}`));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  /** Seconds from the start to the first sample for which `is` returns true. */
  secondsUntil(is: (sample: Sample) => boolean): string {
    const found = this.samples.find(is);
    return found === undefined ? 'never' : ((found.atMs - this.startMs) / 1000).toFixed(0);
  }

  /** The number of ready pods of each service at some moments. */
  describePods(rows = 16): string {
    const services = [...new Set(this.samples.flatMap((it) => [...it.ready.keys()]))].sort();
    const step = Math.max(1, Math.floor(this.samples.length / rows));
    const chosen = this.samples.filter((_, n) => n % step === 0 || n === this.samples.length - 1);
    const head = ['after', 'assets', 'thumbnails', 'open stages', ...services.map((it) => it.replace('darkroom-', ''))];
    const table = chosen.map((it) => [
      `${((it.atMs - this.startMs) / 1000).toFixed(0)} s`,
      it.assets,
      it.thumbnails,
      it.open,
      ...services.map((service) => it.ready.get(service) ?? 0),
    ]);
    return [head, head.map(() => '---'), ...table].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  }

  /** CPU seconds by service, without the last seconds of each pod. */
  async describeCpu(): Promise<string> {
    const before = await this.cpuBefore;
    const byService = new Map<string, number>();
    for (const [name, used] of this.cpuMs) {
      const service = name.replace(/^(?:darkroom-)?([a-z-]+?)-(?:\d{5}-deployment-.*|[\da-f]{8,10}-\w{5} .*)$/, '$1');
      byService.set(service, (byService.get(service) ?? 0) + used - (before.get(name) ?? 0));
    }
    const parts = [...byService].sort(([, a], [, b]) => b - a).filter(([, used]) => used >= 500);
    return parts.map(([service, used]) => `${service} ${(used / 1000).toFixed(0)} s`).join(', ');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.over.abort();
    await this.sampling;
  }
}

async function readCpu(): Promise<Map<string, number>> {
  return new Map((await readUse()).map((it) => [`${it.name} ${it.container}`, it.cpuMs]));
}

async function sample({ db, pods }: Installation, ownerId: string): Promise<Sample> {
  const ready = new Map<string, number>();
  for (const { service, readyMs } of pods.alive)
    if (readyMs !== undefined) ready.set(service, (ready.get(service) ?? 0) + 1);
  const [assets, thumbnails, open] = await Promise.all([
    db.selectFrom('asset').select(db.fn.countAll<number>().as('n')).where('ownerId', '=', ownerId).executeTakeFirst(),
    db
      .selectFrom('asset_stage')
      .innerJoin('asset', 'asset.id', 'asset_stage.assetId')
      .select(db.fn.countAll<number>().as('n'))
      .where('asset.ownerId', '=', ownerId)
      .where('stage', '=', 'thumbnail')
      .where('state', '=', 'done')
      .executeTakeFirst(),
    db
      .selectFrom('asset_stage')
      .select(db.fn.countAll<number>().as('n'))
      .where('state', 'in', ['pending', 'queued', 'active'])
      .executeTakeFirst(),
  ]);
  const count = (row: { n: number } | undefined) => row?.n ?? 0;
  return { atMs: Date.now(), ready, assets: count(assets), thumbnails: count(thumbnails), open: count(open) };
}
