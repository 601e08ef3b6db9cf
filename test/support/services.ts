import { appendFileSync, existsSync } from 'node:fs';
import { describe, inject, test } from 'vitest';
import { kustomizeProgram } from './kustomize.ts';
import { type MinioAddress, minioProgram } from './minio-server.ts';
import { createDatabase, postgresProgram, type TestDatabase } from './postgres-server.ts';

export { type MinioAddress, startMinio } from './minio-server.ts';
export { startPostgres } from './postgres-server.ts';

export type ServiceName = 'postgres' | 'minio' | 'kustomize';

const programs: Record<ServiceName, string> = {
  postgres: postgresProgram,
  minio: minioProgram,
  kustomize: kustomizeProgram,
};

/**
 * A suite that needs a real service. If that is not installed the suite is skipped, with a line at the end of the run on
 * how to install it; with DARKROOM_REQUIRE_SERVICES=1 it fails.
 */
export function describeWithService(service: ServiceName, name: string, suite: () => void): void {
  if (existsSync(programs[service])) {
    describe(name, suite);
    return;
  }
  if (process.env['DARKROOM_REQUIRE_SERVICES'] === '1') {
    test(`${name}: ${service} is installed`, () => {
      throw new Error(`${programs[service]} is not there; get it by: npm run services:install`);
    });
    return;
  }
  describe.skip(name, suite);
  noteSkippedSuite(`${service} (get it by: npm run services:install)`);
}

/** Records a skipped suite; the end of the run prints their number for each missing thing. */
export function noteSkippedSuite(missing: string): void {
  appendFileSync(inject('skippedSuitesFile'), `${missing}\n`);
}

/** The PostgreSQL of this test run; each test file creates its own database. For a server that a test stops, use `startPostgres`. */
export async function sharedPostgres(): Promise<SharedPostgres> {
  const { port } = await askForService<{ port: number }>('postgres');
  return { createDatabase: async (options) => await createDatabase(port, options) };
}

export interface SharedPostgres {
  /** A new empty database, or a copy of the database `template`. */
  createDatabase(options?: { template?: string; name?: string }): Promise<TestDatabase>;
}

/** The MinIO of this test run; each test file creates its own bucket. For a server that a test stops, use `startMinio`. */
export async function sharedMinio(): Promise<MinioAddress> {
  return await askForService<MinioAddress>('minio');
}

async function askForService<Address>(service: ServiceName): Promise<Address> {
  const response = await fetch(`${inject('servicesUrl')}/${service}`);
  if (!response.ok) throw new Error(`${service} did not start: ${await response.text()}`);
  return (await response.json()) as Address;
}
