import { glob, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { notImplemented } from '#functions/api/generated/not-implemented.ts';
import type { OperationRow } from '#functions/api/http/operation.ts';

/** The files `<area>/<operationId>.ts` below `functions/api`, with one operation each. */
export async function listOperationFiles(): Promise<{ id: string; path: string }[]> {
  const found: { id: string; path: string }[] = [];
  for await (const path of glob('*/*.ts', { cwd: 'functions/api' })) {
    const id = basename(path, '.ts');
    const text = await readFile(`functions/api/${path}`, 'utf8');
    if (text.includes(`export const ${id} = operation(`)) found.push({ id, path: path.replaceAll('\\', '/') });
  }
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** functions/api/generated/operations.ts: every operation; implemented ones are imported from their files. */
export async function formatOperations(): Promise<string> {
  const files = await listOperationFiles();
  return `// Made by \`npm run generate\` from the files <area>/<operationId>.ts.
${files.map(({ id, path }) => `import { ${id} } from '../${path}';`).join('\n')}
import type { Operations } from '../http/operation.ts';
import { notImplemented } from './not-implemented.ts';

/** Every operation of the API. A missing or misnamed one, or a wrong response type, does not compile. */
export const operations = {
${files.map(({ id }) => `  ${id},`).join('\n')}
  ...notImplemented,
} satisfies Operations;
`;
}

/** functions/api/generated/not-implemented.ts without the operations that have a file now. */
export async function formatNotImplemented(): Promise<string> {
  const built = new Set((await listOperationFiles()).map(({ id }) => id));
  const rows = Object.entries<OperationRow>(notImplemented).filter(([id]) => !built.has(id));
  const format = (row: OperationRow) =>
    Object.entries(row)
      .map(([name, value]) => `${name}: ${typeof value === 'string' ? `'${value}'` : String(value)}`)
      .join(', ');
  return `// Made by \`npm run generate\`, which removes an operation once it has its own file.
import type { OperationRow } from '../http/operation.ts';

/** The operations of the contract that are not implemented: they authenticate, then answer 501. */
export const notImplemented = {
${rows.map(([id, row]) => `  ${id}: { ${format(row)} },`).join('\n')}
} as const satisfies Record<string, OperationRow>;
`;
}
