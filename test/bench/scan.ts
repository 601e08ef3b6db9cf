// A tree of many photos, scanned for the first time, again with nothing and with 1,000 files new, and as every night.
//   node test/bench/scan.ts [--files 1000000] [--database PostgreSQL]
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startPostgres } from '#test/support/postgres-server.ts';
import { formatFigure, type Figure } from './figures.ts';
import { readCpuMs } from './process-cost.ts';
import type { ScanCost } from './scan-process.ts';

export interface ScanOptions {
  files: number;
  database: 'embedded' | 'PostgreSQL';
}

const filesPerFolder = 250;
const newFiles = 1_000;

/** In memory where the system has a file system for that: what is measured is the scanner and the database. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export async function measureScan({ files, database }: ScanOptions): Promise<Figure[]> {
  await using stack = new AsyncDisposableStack();
  const tree = stack.use(await mkdtempDisposable(join(scratch, 'darkroom-bench-scan-')));
  const folders = layOut(tree.path, files);
  const postgres = database === 'PostgreSQL' ? stack.use(await startPostgres()) : undefined;
  const serverPids = postgres?.pid === undefined ? [] : [postgres.pid];
  const url =
    postgres !== undefined
      ? (await postgres.createDatabase()).url
      : join(stack.use(await mkdtempDisposable(join(tmpdir(), 'darkroom-bench-scan-'))).path, 'db');
  const scan = async (kind: 'incremental' | 'full'): Promise<ScanCost> => {
    const script = join(import.meta.dirname, 'scan-process.ts');
    const serverCpuMs = await readCpuMs(serverPids);
    const { stdout } = await promisify(execFile)(process.execPath, [script, url, tree.path, kind]);
    const cost = JSON.parse(stdout) as ScanCost;
    return { ...cost, cpuSeconds: cost.cpuSeconds + ((await readCpuMs(serverPids)) - serverCpuMs) / 1000 };
  };
  const name = (what: string) => `scan of ${files.toLocaleString('en')} files, ${database}: ${what}`;
  const figures: Figure[] = [{ name: name('floor: names and lstat'), unit: 's', values: [walk(tree.path)] }];
  const add = (what: string, { seconds, cpuSeconds, startRssMb, maxRssMb, counts }: ScanCost, reported: number) => {
    if ((counts['reported'] ?? 0) !== reported) throw new Error(`${what}: ${counts['reported']} files were reported`);
    figures.push(
      { name: name(what), unit: 's', values: [seconds] },
      { name: name(`${what}, CPU with that of the database`), unit: 's', values: [cpuSeconds] },
      { name: name(`${what}, memory at the start`), unit: 'MB', values: [startRssMb] },
      { name: name(`${what}, memory at its highest`), unit: 'MB', values: [maxRssMb] },
    );
  };
  add('first', await scan('incremental'), files);
  // Lists once more those folders that were racy when they were listed last: how many depends on how long that took.
  add('incremental, right after the first', await scan('incremental'), 0);
  await new Promise((resolve) => setTimeout(resolve, 121_000));
  await scan('incremental');
  add('incremental, nothing new', await scan('incremental'), 0);
  for (let n = 0; n < newFiles; n += 1)
    writeFileSync(join(tree.path, folders[(n * 37) % folders.length] ?? '', `new ${n}.jpg`), `new ${n}`);
  add('incremental, 1,000 new files', await scan('incremental'), newFiles);
  add('full, nothing new', await scan('full'), 0);
  return figures;
}

function layOut(root: string, files: number): string[] {
  const folders: string[] = [];
  for (let start = 0; start < files; start += filesPerFolder) {
    const n = start / filesPerFolder;
    const folder = `owner ${n % 4}/${2000 + (Math.floor(n / 4) % 25)}/trip ${n}`;
    mkdirSync(join(root, folder), { recursive: true });
    folders.push(folder);
    for (let file = start; file < Math.min(files, start + filesPerFolder); file += 1)
      writeFileSync(join(root, folder, `IMG_${file}.jpg`), `photo ${file}`);
  }
  return folders;
}

/** Seconds to name every file and ask for its facts, as simply as can be. */
function walk(root: string): number {
  const started = performance.now();
  const waiting = [root];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) waiting.push(`${path}/${entry.name}`);
      else lstatSync(`${path}/${entry.name}`);
    }
  }
  return (performance.now() - started) / 1000;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { files: { type: 'string', default: '1000000' }, database: { type: 'string', default: 'PostgreSQL' } },
  });
  const database = values.database === 'embedded' ? 'embedded' : 'PostgreSQL';
  for (const figure of await measureScan({ files: Number(values.files), database })) console.log(formatFigure(figure));
}
