import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startMinio } from './minio-server.ts';
import { startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    servicesUrl: string;
    /** A file with a line for each skipped suite: what was missing. */
    skippedSuitesFile: string;
  }
}

/** One PostgreSQL and one MinIO for a whole run, started at the first GET /postgres or /minio of a test file. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = startOnDemand(startPostgres);
  const minio = startOnDemand(startMinio);
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-test-run-'));
  const skippedSuitesFile = join(folder, 'skipped-suites');

  const describeServer = async (path: string | undefined): Promise<object> => {
    if (path === '/postgres') return { port: (await postgres.get()).port };
    const { endpoint, port, accessKey, secretKey } = await minio.get();
    return { endpoint, port, accessKey, secretKey };
  };
  const servicesServer = createServer((request, response) => {
    describeServer(request.url).then(
      // A kept-alive connection may be closed just when the next request is sent on it.
      (server) => response.setHeader('connection', 'close').end(JSON.stringify(server)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(servicesServer, 'listening');
  const address = servicesServer.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  project.provide('servicesUrl', `http://127.0.0.1:${address.port}`);
  project.provide('skippedSuitesFile', skippedSuitesFile);

  return async () => {
    servicesServer.close();
    servicesServer.closeAllConnections();
    await Promise.all([postgres.stop(), minio.stop()]);
    const skipped = (await readFile(skippedSuitesFile, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    for (const missing of new Set(skipped)) {
      const count = skipped.filter((name) => name === missing).length;
      process.stderr.write(`${count} suites skipped for want of ${missing}\n`);
    }
    await rm(folder, { recursive: true });
  };
}

function startOnDemand<Server extends { stop(): Promise<void> }>(start: () => Promise<Server>) {
  let server: Promise<Server> | undefined;
  return {
    get: async () => await (server ??= start()),
    stop: async () => {
      const started = await server?.catch(() => undefined);
      await started?.stop();
    },
  };
}
