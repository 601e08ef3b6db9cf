// `npm run generate`: writes the files that are derived from the source. CI fails if they differ from the committed ones.
// The town table (generate-places.ts) is separate: it is generated only when its package is updated.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatAdministration } from './generate/administration.ts';
import { formatConfiguration } from './generate/configuration.ts';
import { formatEvents } from './generate/events.ts';
import { formatMetrics } from './generate/metrics.ts';
import { formatNotImplemented, formatOperations } from './generate/operations.ts';
import { writeStatus } from './generate/status.ts';
import { formatRequestSchemas } from './generate/request-schemas.ts';
import { formatResponseSchemas } from './generate/response-schemas.ts';

async function write(path: string, text: string): Promise<void> {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

await write('functions/api/generated/operations.ts', await formatOperations());
await write('functions/api/generated/not-implemented.ts', await formatNotImplemented());
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
await write('README.md', writeStatus(readme));
await write('docs/events.md', formatEvents());
await write('docs/configuration.md', formatConfiguration());
await write('docs/metrics.md', formatMetrics());
await write('docs/administration.md', formatAdministration());
await write('test/contract/generated/request-schemas.json', await formatRequestSchemas());
await write('test/contract/generated/response-schemas.json', await formatResponseSchemas());
