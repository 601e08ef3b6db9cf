// `npm run bench`: every figure that Darkroom promises, beside its floor in the same run.
//   npm run bench -- [--only import,upload,idle,cold-start,timeline,event-loop,scan,relay,people] [--count 40] [--rounds 3] [--gigabytes 3] [--assets 1000000] [--files 1000000] [--write]
// --write puts the table into docs/measurements.md.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { postgresProgram } from '#test/support/postgres-server.ts';
import { measureColdStart } from './cold-start.ts';
import { measureEventLoop } from './event-loop.ts';
import { formatFigure, toMarkdown, type Figure } from './figures.ts';
import { measureIdle } from './idle.ts';
import { measureImport } from './import.ts';
import { measurePeople } from './people.ts';
import { measureRelay } from './relay.ts';
import { measureScan } from './scan.ts';
import { measureTimeline } from './timeline.ts';
import { measureUpload } from './upload.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'import,upload,idle,cold-start,timeline,event-loop,scan,relay,people' },
    count: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '3' },
    gigabytes: { type: 'string', default: '3' },
    assets: { type: 'string', default: '1000000' },
    files: { type: 'string', default: '1000000' },
    write: { type: 'boolean', default: false },
  },
});
const [count, rounds, gigabytes, assets, files] = [
  values.count,
  values.rounds,
  values.gigabytes,
  values.assets,
  values.files,
].map(Number) as [number, number, number, number, number];
const hasPostgres = existsSync(postgresProgram);
const databases = hasPostgres ? (['embedded', 'PostgreSQL'] as const) : (['embedded'] as const);
if (!hasPostgres) console.log('Figures on PostgreSQL are left out; get it by: npm run services:install');

const benches: Record<string, () => Promise<Figure[]>> = {
  import: () => eachDatabase((database) => measureImport({ count, rounds, database })),
  relay: () => eachDatabase((database) => measureRelay({ stages: 300_000, database })),
  upload: () => eachDatabase((database) => measureUpload({ count, rounds, gigabytes, database })),
  idle: () => measureIdle({ rounds }),
  'cold-start': () => (hasPostgres ? measureColdStart({ rounds }) : Promise.resolve([])),
  timeline: () => (hasPostgres ? measureTimeline({ assets, requests: 200 }) : Promise.resolve([])),
  scan: () =>
    eachDatabase((database) => measureScan({ files: database === 'embedded' ? files / 10 : files, database })),
  people: () => (hasPostgres ? measurePeople({ faces: assets, photos: 110 }) : Promise.resolve([])),
  'event-loop': () => eachDatabase((database) => measureEventLoop({ count, database })),
};

const loadBefore = loadavg()[0] ?? 0;
const figures: Figure[] = [];
for (const name of values.only.split(',')) {
  const bench = benches[name];
  if (bench === undefined) throw new Error(`there is no bench ${name}; there are ${Object.keys(benches).join(', ')}`);
  console.log(`\n${name}`);
  const found = await bench();
  for (const figure of found) console.log(formatFigure(figure));
  figures.push(...found);
}
const page = describeRun(figures);
console.log(`\n${page}`);
if (values.write) await writeFile(join(import.meta.dirname, '../../docs/measurements.md'), page);

async function eachDatabase(measure: (database: 'embedded' | 'PostgreSQL') => Promise<Figure[]>): Promise<Figure[]> {
  const found: Figure[] = [];
  for (const database of databases) found.push(...(await measure(database)));
  return found;
}

function describeRun(all: readonly Figure[]): string {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB of memory`;
  return `# What Darkroom takes

Written by \`npm run bench -- --write\` on ${date}: ${machine}, Node ${process.versions.node}, ${count} JPEGs of 12 megapixels, a load of ${loadBefore.toFixed(1)} from other work when it began. Floors are measured in the same run, taking turns with what is compared to them. CPU is user and system time of every process, the database included and the client not; it is steady to about 15 %, while times, speeds and latencies depend on what else the machine does.

${toMarkdown(all)}
`;
}
