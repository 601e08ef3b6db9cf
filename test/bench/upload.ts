// Uploads through the API against reading, hashing and writing the same files, and the API's memory with a large one.
//   node test/bench/upload.ts [--count 40] [--rounds 3] [--gigabytes 3] [--postgres]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { signUp } from '#test/support/api-client.ts';
import { startDarkroom } from '#test/support/darkroom-process.ts';
import { startPostgres } from '#test/support/postgres-server.ts';
import { startApiProcess } from './api-process.ts';
import { addClient, type ApiClient } from './client.ts';
import { formatFigure, type Figure } from './figures.ts';
import { benchPhotos } from './photos.ts';
import { listTree, readCpuMs, readPeakMemoryMb } from './process-cost.ts';
import { postForm, postGenerated, prepareForm, type UploadTarget } from './raw-upload.ts';

export interface UploadOptions {
  count: number;
  rounds: number;
  /** Of the one large file. */
  gigabytes: number;
  database: 'embedded' | 'PostgreSQL';
}

const clientCounts = [1, 4, 16];

interface Rate {
  megabytesPerSecond: number;
  cpuMsPerMegabyte: number;
}

type Rates = Record<'floor' | 'bare' | 'api', Rate[]>;
type Work = (at: number) => Promise<void>;

/** The API with everything behind the upload paused. */
interface PausedServer {
  admin: ApiClient;
  /** Those whose CPU counts. */
  pids: number[];
  apiPids(): Promise<number[]>;
}

export async function measureUpload(options: UploadOptions): Promise<Figure[]> {
  const { count, rounds, gigabytes, database } = options;
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-bench-upload-'));
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const paths = await benchPhotos(count);
  const forms = await Promise.all(paths.map(prepareForm));
  const megabytes = forms.reduce((sum, form) => sum + form.length, 0) / 1e6;
  const bare = await startBareServer(join(folder, 'bare'), opened);
  const server = await startServer(database, join(folder, 'data'), opened);
  const pass = (clients: number, pids: readonly number[], work: Work) =>
    rateOf({ count, clients, megabytes }, pids, work);
  const send = (target: UploadTarget) => (at: number) => postForm(target, forms[at] ?? Buffer.alloc(0));

  await pass(4, bare.pids, send(bare));
  await pass(4, server.pids, send(await targetOf(server, 'warm-up')));
  const rates = new Map<number, Rates>(clientCounts.map((clients) => [clients, { floor: [], bare: [], api: [] }]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [clients, { floor, bare: bareRates, api }] of rates) {
      const target = await targetOf(server, `round${round}with${clients}`);
      const copies = join(folder, 'floor');
      await mkdir(copies);
      floor.push(await pass(clients, [process.pid], (at) => copyHashed(paths[at] ?? '', join(copies, String(at)))));
      await rm(copies, { recursive: true });
      bareRates.push(await pass(clients, bare.pids, send(bare)));
      api.push(await pass(clients, server.pids, send(target)));
    }
  }
  const figures = [...rates].flatMap(([clients, of]) => toFigures(`${clients} clients, ${database}`, of));
  return [...figures, ...(await measureMemory(gigabytes, database))];
}

function toFigures(what: string, { floor, bare, api }: Rates): Figure[] {
  const ratio = (of: readonly Rate[], to: readonly Rate[], field: keyof Rate) =>
    of.map((rate, at) => rate[field] / (to[at]?.[field] ?? Number.NaN));
  return [
    { name: `upload, ${what}`, unit: 'MB/s', values: api.map((it) => it.megabytesPerSecond) },
    {
      name: `upload, ${what}, speed to stream + SHA-1 + write`,
      unit: '',
      values: ratio(api, floor, 'megabytesPerSecond'),
      aim: { atLeast: 0.7 },
    },
    { name: `upload, ${what}, speed to a bare server`, unit: '', values: ratio(api, bare, 'megabytesPerSecond') },
    { name: `upload, ${what}, CPU to stream + SHA-1 + write`, unit: '', values: ratio(api, floor, 'cpuMsPerMegabyte') },
    { name: `upload, ${what}, CPU to a bare server`, unit: '', values: ratio(api, bare, 'cpuMsPerMegabyte') },
  ];
}

/** In processes of their own: what earlier uploads have left is not the file's. */
async function measureMemory(gigabytes: number, database: UploadOptions['database']): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-bench-film-'));
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const server = await startServer(database, folder, opened);
  const target = await targetOf(server, 'film');
  const pids = await server.apiPids();
  const readPeak = async () => Math.max(...(await Promise.all(pids.map(readPeakMemoryMb))));
  // What starting took goes back to the system in a few seconds.
  await setTimeout(5000);
  for (const pid of pids) await writeFile(`/proc/${pid}/clear_refs`, '5');
  const before = await readPeak();
  await postGenerated(target, 'film.mp4', gigabytes * 1024);
  const peak = await readPeak();
  const what = database === 'embedded' ? 'the embedded app' : 'the API';
  return [
    { name: `memory of ${what} before a file of ${gigabytes} GB`, unit: 'MB', values: [before] },
    {
      name: `memory of ${what} at most while it is uploaded`,
      unit: 'MB',
      values: [peak],
      aim: database === 'embedded' ? undefined : { atMost: 200 },
    },
    { name: `memory of ${what} that the upload added`, unit: 'MB', values: [peak - before] },
  ];
}

async function targetOf({ admin }: PausedServer, userName: string): Promise<UploadTarget> {
  const { headers } = await addClient(admin, userName);
  return { url: `${admin.url}/api/assets`, headers };
}

async function startServer(
  database: UploadOptions['database'],
  dataFolder: string,
  opened: AsyncDisposableStack,
): Promise<PausedServer> {
  const { url, ...rest } = await startEither(database, dataFolder, opened);
  const admin = await signUp(url);
  await admin.call('PUT', '/queues/metadataExtraction', { isPaused: true });
  return { admin, ...rest };
}

async function startEither(database: UploadOptions['database'], dataFolder: string, opened: AsyncDisposableStack) {
  if (database === 'embedded') {
    const darkroom = await startDarkroom({ dataFolder, env: { DARKROOM_FACES: 'false' } });
    opened.defer(() => darkroom.killAll());
    return { url: darkroom.url, pids: [darkroom.pid], apiPids: () => listTree([darkroom.pid]) };
  }
  const postgres = opened.use(await startPostgres({ fsync: true }));
  const { url, pid } = opened.use(await startApiProcess({ databaseUrl: postgres.url, dataFolder }));
  const pids = [pid, ...(postgres.pid === undefined ? [] : [postgres.pid])];
  return { url, pids, apiPids: () => Promise.resolve([pid]) };
}

async function startBareServer(
  folder: string,
  opened: AsyncDisposableStack,
): Promise<UploadTarget & { pids: number[] }> {
  await mkdir(folder);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bare-upload-server.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  opened.defer(() => void child.kill());
  const [port] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { url: `http://127.0.0.1:${Number(port)}/`, headers: {}, pids: [child.pid ?? 0] };
}

/** The floor: from file to file, hashed and durable. */
async function copyHashed(from: string, to: string): Promise<void> {
  const hash = createHash('sha1');
  const file = await open(to, 'w');
  for await (const chunk of createReadStream(from) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    await file.write(chunk);
  }
  await file.sync();
  await file.close();
  hash.digest();
}

async function rateOf(
  { count, clients, megabytes }: { count: number; clients: number; megabytes: number },
  pids: readonly number[],
  work: Work,
): Promise<Rate> {
  const indexes = Array.from({ length: count }, (_, at) => at).values();
  const client = async () => {
    for (const at of indexes) await work(at);
  };
  const cpuMs = await readCpuMs(pids);
  const start = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - start) / 1000;
  return {
    megabytesPerSecond: megabytes / seconds,
    cpuMsPerMegabyte: ((await readCpuMs(pids)) - cpuMs) / megabytes,
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '40' },
      rounds: { type: 'string', default: '3' },
      gigabytes: { type: 'string', default: '3' },
      postgres: { type: 'boolean', default: false },
    },
  });
  const figures = await measureUpload({
    count: Number(values.count),
    rounds: Number(values.rounds),
    gigabytes: Number(values.gigabytes),
    database: values.postgres ? 'PostgreSQL' : 'embedded',
  });
  console.log(figures.map(formatFigure).join('\n'));
}
