// How long the app keeps a trivial request waiting while it is idle, imports photos and takes uploads: with the embedded
// database in its thread, and with PostgreSQL in processes of its own.
//   node test/bench/event-loop.ts [--count 40] [--postgres]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { signUp } from '#test/support/api-client.ts';
import { startDarkroom } from '#test/support/darkroom-process.ts';
import { startPostgres } from '#test/support/postgres-server.ts';
import { addClient, waitUntilIdle, type ApiClient } from './client.ts';
import { formatFigure, percentile, type Figure } from './figures.ts';
import { benchPhotos } from './photos.ts';
import { startPingProbe } from './ping-probe.ts';
import { postForm, prepareForm } from './raw-upload.ts';

export interface EventLoopOptions {
  count: number;
  database: 'embedded' | 'PostgreSQL';
}

export async function measureEventLoop({ count, database }: EventLoopOptions): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-bench-loop-'));
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const forms = await Promise.all((await benchPhotos(count)).map(prepareForm));
  const postgres = database === 'embedded' ? undefined : opened.use(await startPostgres({ fsync: true }));
  const darkroom = await startDarkroom({
    dataFolder: join(folder, 'data'),
    env: { DARKROOM_FACES: 'false', ...(postgres === undefined ? {} : { DATABASE_URL: postgres.url }) },
  });
  opened.defer(() => darkroom.killAll());
  const bareUrl = await startBareServer(opened);
  const admin = await signUp(darkroom.url);
  await uploadForms(await addClient(admin, 'warm-up'), forms.slice(0, 6), 2);
  await waitUntilIdle(admin);

  const measure = async (what: string, work: () => Promise<unknown>): Promise<Figure[]> => {
    const ping = `${darkroom.url}/api/server/ping`;
    const probe = startPingProbe([ping, bareUrl]);
    await work();
    const latencies = await probe.stop();
    const toFigure = (who: string, of: readonly number[], share: number) => ({
      name: `ping ${what}, ${who}, ${share === 1 ? 'longest' : `p${share * 100}`}`,
      unit: 'ms',
      values: [percentile(of, share)],
    });
    return [
      ...[0.5, 0.99, 1].map((share) => toFigure(database, latencies[ping] ?? [], share)),
      ...[0.5, 0.99, 1].map((share) => toFigure('a bare server beside it', latencies[bareUrl] ?? [], share)),
    ];
  };
  const importer = await addClient(admin, 'importer');
  const uploader = await addClient(admin, 'uploader');
  const figures = [
    ...(await measure('while idle', () => new Promise((resolve) => setTimeout(resolve, 5000)))),
    ...(await measure('while photos are imported', async () => {
      await uploadForms(importer, forms, 4);
      await waitUntilIdle(admin);
    })),
  ];
  await admin.call('PUT', '/queues/metadataExtraction', { isPaused: true });
  return [...figures, ...(await measure('while 16 clients upload', () => uploadForms(uploader, forms, 16)))];
}

async function uploadForms({ url, headers }: ApiClient, forms: readonly Buffer[], clients: number): Promise<void> {
  const queue = forms.values();
  const client = async () => {
    for (const form of queue) await postForm({ url: `${url}/api/assets`, headers }, form);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

/** What waits in it waits for a core, not for an event loop. */
async function startBareServer(opened: AsyncDisposableStack): Promise<string> {
  const program = `const server = require('node:http').createServer((request, response) => response.end('{}'));
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  opened.defer(() => void child.kill());
  const [port] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return `http://127.0.0.1:${Number(port)}/`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { count: { type: 'string', default: '40' }, postgres: { type: 'boolean', default: false } },
  });
  const database = values.postgres ? 'PostgreSQL' : 'embedded';
  console.log((await measureEventLoop({ count: Number(values.count), database })).map(formatFigure).join('\n'));
}
