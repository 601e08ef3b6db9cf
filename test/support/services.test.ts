import { Client } from 'pg';
import { expect, test } from 'vitest';
import { describeWithService, sharedMinio, sharedPostgres, startMinio, startPostgres } from './services.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describeWithService('postgres', 'the PostgreSQL of a test run', () => {
  test('gives each caller its own database, with pgvector available', async () => {
    const postgres = await sharedPostgres();
    await using first = await postgres.createDatabase();
    await using second = await postgres.createDatabase();
    await query(first.url, 'create extension vector; create table mark (v vector(3))');
    await query(first.url, `insert into mark values ('[1,2,3]')`);
    expect(await query(first.url, `select v <-> '[1,2,4]' as distance from mark`)).toEqual([{ distance: 1 }]);
    expect(await query(second.url, `select to_regclass('mark') as mark`)).toEqual([{ mark: null }]);
    expect(await query(first.url, 'show server_version_num')).toEqual([
      { server_version_num: expect.stringMatching(/^18/) },
    ]);
  });

  test('copies a database that serves as template', async () => {
    const postgres = await sharedPostgres();
    await using template = await postgres.createDatabase();
    await query(template.url, 'create table mark as select 7 as n');
    await using copy = await postgres.createDatabase({ template: template.name });
    expect(await query(copy.url, 'select n from mark')).toEqual([{ n: 7 }]);
  });

  test('a separate server can be killed and has its rows after a restart', async () => {
    await using server = await startPostgres();
    const database = await server.createDatabase();
    await query(database.url, 'create table mark as select 7 as n');
    await server.pause('kill');
    await expect(query(database.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    await server.start();
    expect(await query(database.url, 'select n from mark')).toEqual([{ n: 7 }]);
  });
});

describeWithService('minio', 'the MinIO of a test run', () => {
  test('answers at its address', async () => {
    const { endpoint, port } = await sharedMinio();
    const response = await fetch(`http://${endpoint}:${port}/minio/health/live`);
    expect(response.status).toBe(200);
  });

  test('a separate server can be stopped and started again', async () => {
    await using server = await startMinio();
    const health = async () => (await fetch(`http://${server.endpoint}:${server.port}/minio/health/live`)).status;
    expect(await health()).toBe(200);
    await server.pause();
    await expect(health()).rejects.toThrow();
    await server.start();
    expect(await health()).toBe(200);
  });
});
