// CPU and memory of a function's process from its start to its first answer: as TypeScript, and as an image has it.
// `node test/bench/cold-start.ts [ROUNDS]`
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { findFreePort } from '#test/support/service-process.ts';
import { bundleApp } from '../../scripts/image/bundle.ts';
import { formatFigure } from './figures.ts';
import { readCpuMs, readMemoryMb } from './process-cost.ts';

interface Start {
  cpuMs: number;
  wallMs: number;
  pssMb: number;
}

const root = join(import.meta.dirname, '../..');
const rounds = Number(process.argv[2] ?? 9);
const bundle = join(root, 'dist/app');
await bundleApp(bundle);

const bare = "require('node:http').createServer((q, r) => r.end()).listen(+process.env.PORT, '127.0.0.1')";
const programs: Record<string, { args: readonly string[]; path: string }> = {
  'bare node:http': { args: ['-e', bare], path: '/' },
};
for (const target of ['api', 'metadata', 'thumbnail', 'faces']) {
  const path = target === 'api' ? '/api/server/ping' : '/healthz';
  programs[`${target}, TypeScript`] = { args: [join(root, 'knative/function.ts'), `--target=${target}`], path };
  programs[`${target}, bundled`] = { args: [join(bundle, 'function.mjs'), `--target=${target}`], path };
}

const starts = new Map<string, Start[]>(Object.keys(programs).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, { args, path }] of Object.entries(programs)) starts.get(name)?.push(await measureStart(args, path));
}
for (const [name, values] of starts) {
  const figures = { CPU: 'cpuMs', time: 'wallMs', memory: 'pssMb' } as const;
  for (const [what, field] of Object.entries(figures)) {
    const unit = field === 'pssMb' ? 'MB' : 'ms';
    console.log(
      formatFigure({ name: `${name}: ${what} at the first answer`, unit, values: values.map((it) => it[field]) }),
    );
  }
}

/** Neither database nor store is there: a pod must answer without them. */
async function measureStart(args: readonly string[], path: string): Promise<Start> {
  const port = await findFreePort();
  const env = {
    PORT: String(port),
    DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    DARKROOM_STORE: 'minio',
    DARKROOM_MINIO_ENDPOINT: 'http://127.0.0.1:9',
    DARKROOM_MINIO_ACCESS_KEY: 'none',
    DARKROOM_MINIO_SECRET_KEY: 'none',
    DARKROOM_LOG_LEVEL: 'silent',
    DARKROOM_MODELS: join(bundle, 'models'),
    K_SINK: 'http://127.0.0.1:9',
  };
  const startMs = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: 'inherit' });
  const pid = child.pid;
  if (pid === undefined) throw new Error('the process did not start');
  try {
    while (!(await answers(`http://127.0.0.1:${port}${path}`))) {
      if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`);
      await setTimeout(5);
    }
    const wallMs = performance.now() - startMs;
    return { wallMs, cpuMs: await readCpuMs([pid]), pssMb: (await readMemoryMb([pid])).pssMb };
  } finally {
    child.kill('SIGKILL');
  }
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ?? false;
}
