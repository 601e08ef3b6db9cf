// CPU of a whole import through the real API, and of its thumbnails alone, over the CPU of the bare cascade.
//   node test/bench/import.ts [--count 40] [--rounds 3] [--postgres]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderImage } from '#shared/media/render-image.ts';
import { signUp } from '#test/support/api-client.ts';
import { startDarkroom } from '#test/support/darkroom-process.ts';
import { startPostgres } from '#test/support/postgres-server.ts';
import { renderCascade } from './cascade.ts';
import { addClient, uploadAll, waitUntilIdle, type ApiClient } from './client.ts';
import { formatFigure, type Figure } from './figures.ts';
import { benchPhotos } from './photos.ts';
import { readCpuMs } from './process-cost.ts';

export interface ImportOptions {
  count: number;
  rounds: number;
  database: 'embedded' | 'PostgreSQL';
}

/** Floor, thumbnails and import take turns; the CPU of the database is counted, that of the uploading client is not. */
export async function measureImport({ count, rounds, database }: ImportOptions): Promise<Figure[]> {
  const paths = await benchPhotos(count);
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-bench-import-'));
  await using postgres = database === 'embedded' ? undefined : await startPostgres({ fsync: true });
  const darkroom = await startDarkroom({
    dataFolder: join(folder, 'data'),
    env: { DARKROOM_FACES: 'false', ...(postgres === undefined ? {} : { DATABASE_URL: postgres.url }) },
  });
  try {
    const admin = await signUp(darkroom.url);
    const pids = postgres?.pid === undefined ? [darkroom.pid] : [darkroom.pid, postgres.pid];
    const importAs = async (name: string, photos: readonly string[]) => {
      const client = await addClient(admin, name);
      return costOf(
        photos.length,
        () => readCpuMs(pids),
        () => importAll(admin, client, photos),
      );
    };
    const warmUp = paths.slice(0, 20);
    await renderAll(warmUp, renderCascade);
    await renderAll(warmUp, renderImage);
    await importAs('warm-up', warmUp);
    const values: Record<'floor' | 'thumbnail' | 'whole' | 'wall', number[]> = {
      floor: [],
      thumbnail: [],
      whole: [],
      wall: [],
    };
    for (let round = 1; round <= rounds; round += 1) {
      const floor = await costOf(count, ownCpuMs, () => renderAll(paths, renderCascade));
      const thumbnail = await costOf(count, ownCpuMs, () => renderAll(paths, renderImage));
      const whole = await importAs(`round${round}`, paths);
      values.floor.push(floor.cpuMs);
      values.thumbnail.push(thumbnail.cpuMs);
      values.whole.push(whole.cpuMs);
      values.wall.push(whole.wallMs);
      console.log(
        `round ${round}: CPU per photo: floor ${floor.cpuMs.toFixed(1)} ms, thumbnails ${thumbnail.cpuMs.toFixed(1)} ms, import ${whole.cpuMs.toFixed(1)} ms`,
      );
    }
    return toFigures(database, values);
  } finally {
    await darkroom.killAll();
    await rm(folder, { recursive: true, force: true });
  }
}

function toFigures(
  database: string,
  { floor, thumbnail, whole, wall }: Record<'floor' | 'thumbnail' | 'whole' | 'wall', number[]>,
): Figure[] {
  const toFloor = (values: readonly number[]) => values.map((value, at) => value / (floor[at] ?? Number.NaN));
  return [
    { name: 'cascade floor, CPU per photo', unit: 'ms', values: floor },
    { name: 'thumbnails alone, CPU to the floor', unit: '', values: toFloor(thumbnail), aim: { atMost: 1.15 } },
    { name: `import (${database}), CPU per photo`, unit: 'ms', values: whole },
    { name: `import (${database}), CPU to the floor`, unit: '', values: toFloor(whole), aim: { atMost: 1.5 } },
    { name: `import (${database}), photos a second`, unit: '', values: wall.map((ms) => 1000 / ms) },
  ];
}

async function importAll(admin: ApiClient, client: ApiClient, paths: readonly string[]): Promise<void> {
  await uploadAll(client, paths, 4);
  await waitUntilIdle(admin);
}

/** Two photos in flight, as on two cores. */
async function renderAll(paths: readonly string[], render: (path: string) => Promise<unknown>): Promise<void> {
  const queue = paths.values();
  const work = async () => {
    for (const path of queue) await render(path);
  };
  await Promise.all([work(), work()]);
}

async function costOf(
  count: number,
  readMs: () => number | Promise<number>,
  work: () => Promise<void>,
): Promise<{ cpuMs: number; wallMs: number }> {
  const before = await readMs();
  const start = performance.now();
  await work();
  const wallMs = (performance.now() - start) / count;
  return { cpuMs: ((await readMs()) - before) / count, wallMs };
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '40' },
      rounds: { type: 'string', default: '3' },
      postgres: { type: 'boolean', default: false },
    },
  });
  const database = values.postgres ? 'PostgreSQL' : 'embedded';
  const figures = await measureImport({ count: Number(values.count), rounds: Number(values.rounds), database });
  console.log(figures.map(formatFigure).join('\n'));
}
