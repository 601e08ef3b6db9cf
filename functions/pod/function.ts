// The process in a pod. `--target=NAME` is the function to serve, or `migrate`, or `admin` with its command.
import { parseArgs } from 'node:util';
import { parseConfig } from '#shared/config/config.ts';
import { createSchemaCheck } from '#shared/db/schema-check.ts';
import { DarkroomError, toLine } from '#shared/errors/errors.ts';
import { createPublish } from '#shared/events/publish.ts';
import { createLog } from '#shared/log/log.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { openPlatform, type OpenPlatform } from '#shared/platform/open-platform.ts';
import type { BootServer } from '#shared/serve/boot-server.ts';
import { onTerminate } from '#shared/serve/terminate.ts';
import type { ApiServer } from '#functions/api/main.ts';
import { watchColdStart } from './cold-start.ts';
import { eventFunctions } from './event-functions.ts';
import { requireSchema } from './require-schema.ts';
import { openSchemaGate } from './schema-gate.ts';
import { recordStart, startMetrics } from './start-metrics.ts';

const drainMs = 25_000;

try {
  const [first, ...others] = process.argv.slice(2);
  if (first === '--target=admin') {
    await (
      await import('#functions/admin/main.ts')
    ).runAdmin(others[0] === '--' ? others.slice(1) : others, process.env);
  } else {
    const { values } = parseArgs({
      options: { target: { type: 'string', default: process.env['FUNCTION_TARGET'] ?? '' } },
    });
    if (values.target === 'migrate') await (await import('#functions/migrate/main.ts')).migrateDatabase(process.env);
    else await runFunction(values.target);
  }
} catch (error) {
  console.error(toLine(error));
  process.exitCode = 1;
}

async function runFunction(target: string): Promise<void> {
  const config = parseConfig(process.env);
  const log = createLog(config.DARKROOM_LOG_LEVEL, { function: target });
  const ending = new AbortController();
  const publish = config.K_SINK === undefined ? publishNowhere : createPublish({ sink: config.K_SINK });
  const platform = await openPlatform(config, { log, publish, signal: ending.signal });
  const openedMs = performance.now();
  const checkSchema = createSchemaCheck(platform.db);
  const notReadyBecause = openSchemaGate({ check: checkSchema, log, signal: ending.signal });
  const schema = { checkSchema, notReadyBecause };
  const server = target === 'api' ? await serveApi(platform, schema) : await serveEvents(target, platform, schema);
  const { server: http } = 'boot' in server ? server.boot : server;
  const relay = createRelay(platform);
  relay.lookSoon();
  const metrics = startMetrics(target, platform);
  watchColdStart(http, { openedMs }, (start) => {
    log.info(start, 'first answer');
    recordStart(target, start);
    void metrics.begin();
  });
  onTerminate(async () => {
    await server.drain(drainMs);
    // Checks for lost work before the pod ends, since no other pod may run afterwards.
    await relay.end();
    ending.abort();
    await metrics[Symbol.asyncDispose]();
    await platform[Symbol.asyncDispose]();
  });
}

interface Schema {
  checkSchema: () => Promise<void>;
  notReadyBecause: () => string | undefined;
}

async function serveEvents(
  target: string,
  platform: OpenPlatform,
  { checkSchema, notReadyBecause }: Schema,
): Promise<BootServer> {
  const load = eventFunctions[target];
  if (load === undefined) throw new DarkroomError('config/invalid', `There is no function ${target}`);
  const [{ fn }, { serveFunction }] = await Promise.all([load(), import('#shared/serve/serve-function.ts')]);
  const handler = requireSchema(checkSchema, await fn.create(platform));
  return await serveFunction(target, handler, { port: platform.config.PORT }, { notReadyBecause });
}

async function serveApi(platform: OpenPlatform, schema: Schema): Promise<ApiServer> {
  const [{ createApiServer }, { sweep }] = await Promise.all([
    import('#functions/api/main.ts'),
    import('#functions/sweep/sweep.ts'),
  ]);
  const api = await createApiServer(platform, { sweep, ...schema });
  await api.boot.listen({ port: platform.config.PORT });
  return api;
}

/** The SinkBinding sets K_SINK only when the Broker is ready: until then events wait in the outbox. */
function publishNowhere(): Promise<never> {
  return Promise.reject(new DarkroomError('event/not-accepted', 'K_SINK is not set'));
}
