// What an idle Darkroom holds, and how long its starts and wakings take.
//   node test/bench/idle.ts [--rounds 5]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePGliteTemplate } from '#shared/db/pglite-template.ts';
import { signUp } from '#test/support/api-client.ts';
import { startDarkroom, type DarkroomProcess } from '#test/support/darkroom-process.ts';
import { waitUntilAnswered } from './api-process.ts';
import { uploadAll, waitUntilIdle, type ApiClient } from './client.ts';
import { formatFigure, type Figure } from './figures.ts';
import { benchPhotos } from './photos.ts';
import { listTree, readCpuMs, readMemoryMb } from './process-cost.ts';

interface Cost {
  wallMs: number;
  cpuMs: number;
}

export async function measureIdle({ rounds }: { rounds: number }): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-bench-idle-'));
  await ensurePGliteTemplate();
  const costs: Record<'initdb' | 'first' | 'again' | 'woken', Cost[]> = { initdb: [], first: [], again: [], woken: [] };
  const memories: { pssMb: number; rssMb: number }[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const dataFolder = join(folder, `data${round}`);
      costs.initdb.push(await createBareDatabase(join(folder, `bare${round}`)));
      const first = await startTimed(dataFolder, costs.first);
      const client = await signUp(first.url);
      if (round === 0) await fill(client);
      await first.stop();
      const again = await startTimed(dataFolder, costs.again);
      await waitUntilAsleep(again);
      memories.push(await readMemoryMb([again.pid]));
      costs.woken.push(await askWhileAsleep(again, client));
      await again.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return toFigures(costs, memories);
}

function toFigures(
  { initdb, first, again, woken }: Record<'initdb' | 'first' | 'again' | 'woken', Cost[]>,
  memories: readonly { pssMb: number; rssMb: number }[],
): Figure[] {
  const field = (costs: readonly Cost[], name: keyof Cost) => costs.map((it) => it[name]);
  const ratio = (name: keyof Cost) => first.map((it, at) => it[name] / (initdb[at]?.[name] ?? Number.NaN));
  return [
    { name: 'idle Darkroom, memory (PSS)', unit: 'MB', values: memories.map((it) => it.pssMb), aim: { atMost: 80 } },
    { name: 'idle Darkroom, memory (RSS)', unit: 'MB', values: memories.map((it) => it.rssMb) },
    { name: 'from npm start on existing data to the first ping, time', unit: 'ms', values: field(again, 'wallMs') },
    { name: 'from npm start on existing data to the first ping, CPU', unit: 'ms', values: field(again, 'cpuMs') },
    { name: 'from asleep to the month counts, time', unit: 'ms', values: field(woken, 'wallMs') },
    { name: 'from asleep to the month counts, CPU', unit: 'ms', values: field(woken, 'cpuMs') },
    { name: 'first start to the first ping, time', unit: 'ms', values: field(first, 'wallMs') },
    { name: 'first start to the first ping, CPU', unit: 'ms', values: field(first, 'cpuMs') },
    { name: 'a bare PGlite initdb, CPU', unit: 'ms', values: field(initdb, 'cpuMs') },
    { name: 'first start to a bare PGlite initdb, CPU', unit: '', values: ratio('cpuMs'), aim: { atMost: 0.3 } },
    { name: 'first start to a bare PGlite initdb, time', unit: '', values: ratio('wallMs'), aim: { atMost: 0.3 } },
  ];
}

/** The floor: what PGlite takes to make an empty database in a process of its own. */
async function createBareDatabase(folder: string): Promise<Cost> {
  const program = `const { PGlite } = await import('@electric-sql/pglite');
    await PGlite.create(${JSON.stringify(folder)});
    console.log(JSON.stringify(process.cpuUsage()));
    process.exit();`;
  const start = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const wallMs = performance.now() - start;
  await once(child, 'exit');
  const { user, system } = JSON.parse(said) as NodeJS.CpuUsage;
  return { wallMs, cpuMs: (user + system) / 1000 };
}

async function startTimed(dataFolder: string, costs: Cost[]): Promise<DarkroomProcess> {
  const start = performance.now();
  const darkroom = await startDarkroom({
    dataFolder,
    env: { DARKROOM_FACES: 'false', DARKROOM_IDLE_SECONDS: '2' },
    waitForPing: false,
  });
  await waitUntilAnswered(`${darkroom.url}/api/server/ping`);
  costs.push({ wallMs: performance.now() - start, cpuMs: await readCpuMs([darkroom.pid]) });
  return darkroom;
}

/** A few photos, so that what is started again and woken is not empty. */
async function fill(client: ApiClient): Promise<void> {
  await uploadAll(client, (await benchPhotos(40)).slice(0, 8), 4);
  await waitUntilIdle(client);
}

/** Until only the door is left. */
async function waitUntilAsleep({ pid }: DarkroomProcess): Promise<void> {
  for (let n = 0; n < 600; n += 1) {
    if ((await listTree([pid])).length === 1) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the app did not fall asleep within a minute');
}

async function askWhileAsleep({ url, pid }: DarkroomProcess, { headers }: ApiClient): Promise<Cost> {
  const cpuMs = await readCpuMs([pid]);
  const start = performance.now();
  const answer = await fetch(`${url}/api/timeline/buckets`, { headers });
  const wallMs = performance.now() - start;
  if (!answer.ok) throw new Error(`the timeline was answered ${answer.status}`);
  await answer.body?.cancel();
  return { wallMs, cpuMs: (await readCpuMs([pid])) - cpuMs };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
  console.log((await measureIdle({ rounds: Number(values.rounds) })).map(formatFigure).join('\n'));
}
