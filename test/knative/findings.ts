import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { kubectl } from './kubectl.ts';

const folder = join(import.meta.dirname, '../../dist/knative-findings');

/** Stores the measurements of a test in Markdown, for the page of measurements; the next run of the test replaces them. */
export async function keepFindings(name: string, title: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const at = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const section = `## ${title}\n\n${at} UTC, load ${loadavg()[0]?.toFixed(1)}.\n\n${text.trim()}\n`;
  await writeFile(join(folder, `${name}.md`), section);
  console.log(`\n${section}`);
}

/** The page with all stored measurements. */
export async function assemblePage(): Promise<string> {
  const files = (await readdir(folder)).sort();
  const sections = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const versions = await describeCluster();
  return `# Measured on Knative\n\nWritten by \`npm run test:knative -- --write\`; each part has its own date.\n\n${versions}\n\n${sections.join('\n')}`;
}

async function describeCluster(): Promise<string> {
  const node = await kubectl([
    'get',
    'nodes',
    '-o',
    'jsonpath={.items[0].status.nodeInfo.kubeletVersion}, {.items[0].status.nodeInfo.containerRuntimeVersion}, {.items[0].status.capacity.cpu} cores',
  ]);
  const images = await kubectl([
    'get',
    'deployments',
    '-A',
    '-o',
    'jsonpath={range .items[*]}{.spec.template.spec.containers[0].image}{"\\n"}{end}',
  ]);
  const tagOf = (name: string) => new RegExp(`${name}\\S*:(\\S+)`).exec(images)?.[1] ?? 'unknown';
  return `Kubernetes ${node}; Knative Serving ${tagOf('serving-controller')}, Eventing ${tagOf('eventing-controller')} (in-memory channel), Envoy ${tagOf('envoy')}; Node ${process.version}.`;
}
