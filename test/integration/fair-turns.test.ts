import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startBroker } from '#knative/local/broker.ts';
import { readTopology } from '#knative/local/topology.ts';
import { parseConfig } from '#shared/config/config.ts';
import { openMissingStages } from '#shared/stages/stage-queue.ts';
import type { Stage } from '#shared/db/tables.ts';
import { createPublish, toHeaders } from '#shared/events/publish.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { silentLog } from '#shared/log/log.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { runStage } from '#shared/pipeline/run-stage.ts';
import { createBootServer } from '#shared/serve/boot-server.ts';
import { readBody } from '#shared/serve/read-body.ts';
import { addPhotos, countStatesOf } from '#test/support/many-photos.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';
import { onBothDatabases } from './db/both-databases.ts';

const many = 10_000;
const stages = ['metadata', 'thumbnail', 'faces', 'people'] as const;
const concurrency = 2;
const workMs = 20;

onBothDatabases('a photo of one who comes while another imports 10,000', (getDb) => {
  test('waits for a few of theirs, in each stage', async () => {
    const db = getDb();
    const [ada, bob] = [await addUser(db), await addUser(db)];
    await addPhotos(db, ada, many);
    await openMissingStages(db, 'metadata');

    await using resources = new AsyncDisposableStack();
    const config = parseConfig({});
    const ports = { db, config, log: silentLog, holder: 'test' };
    const { triggers } = await readTopology(new URL('../../knative', import.meta.url).pathname);
    const ending = new AbortController();
    /** Functions that only wait; leases, rows and delivery are real. */
    const serve = async (service: string) => {
      const stage = service.replace('darkroom-', '') as Stage;
      const server = resources.use(
        createBootServer((request, response) => {
          void readBody(request)
            .then(async (body) => {
              const { assetId } = JSON.parse(body.toString()) as { assetId: string };
              const outcome = await runStage(ports, { stage, recipe: 'r', assetId }, ending.signal, async () => {
                await setTimeout(workMs);
                return {};
              });
              relay.kick();
              if (outcome.outcome === 'busy') return response.writeHead(409).end();
              if (outcome.reply === undefined) return response.writeHead(204).end();
              return response.writeHead(200, toHeaders(outcome.reply)).end(JSON.stringify(outcome.reply.data));
            })
            .catch(() => response.writeHead(503).end());
        }),
      );
      return { url: `http://127.0.0.1:${await server.listen({ port: 0, host: '127.0.0.1' })}/` };
    };
    const served = new Map<string, ReturnType<typeof serve>>();
    const broker = resources.use(
      await startBroker({
        triggers,
        log: silentLog,
        locate: (service) => {
          const found = served.get(service) ?? serve(service);
          served.set(service, found);
          return found;
        },
        concurrencyOf: () => concurrency,
      }),
    );
    const send = createPublish({ sink: broker.url });
    const publish = (events: readonly DarkroomEvent[], options = {}) =>
      ending.signal.aborted ? Promise.reject(new Error('the test is over')) : send(events, options);
    const relay = createRelay({ db, publish, log: silentLog, config });
    resources.defer(() => relay.end());
    resources.defer(() => ending.abort());

    relay.kick();
    const doneOfAda = async (stage: Stage) => (await countStatesOf(db, stage)).done ?? 0;
    await expect.poll(() => doneOfAda('people'), { timeout: 50_000 }).toBeGreaterThan(30);

    const before = await doneOfAda('people');
    const started = performance.now();
    const { id } = await addAsset(db, bob);
    relay.kick();
    await expect.poll(() => stateOf(db, id, 'people'), { timeout: 50_000, interval: 50 }).toBe('done');
    const overtaken = (await doneOfAda('people')) - before;
    console.log(`whole after ${Math.round(performance.now() - started)} ms and ${overtaken} of the other's photos`);
    // In each of four stages it waits only for what was announced before it arrived.
    expect(overtaken).toBeLessThan(stages.length * (config.DARKROOM_QUEUE_CAP + concurrency));
    expect(await doneOfAda('metadata')).toBeLessThan(many / 10);
  });
});
