import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';

const declarations = new URL('../../node_modules/@immich/sdk/build/fetch-client.d.ts', import.meta.url);

/** The types of the SDK say `number` for everything; upstream answers integers in all fields but these. */
const fractional = new Set(
  `latitude longitude lat lon localOffsetHours fNumber focalLength ratio angle x1 x2 x3 x4 y1 y2 y3 y4 boxScore textScore
  diskUsagePercentage maxDistance minScore minDetectionScore minRecognitionScore percentageLimit defaultStorageQuota`.split(
    /\s+/,
  ),
);

/** A JSON schema of what each operation answers, from the types of the SDK. Those that answer no JSON are left out. */
export async function formatResponseSchemas(): Promise<string> {
  const { properties = {}, definitions = {} } = await createSchema();
  const lines = (schemas: object) =>
    Object.entries(schemas)
      .map(([name, schema]) => `    ${JSON.stringify(name)}: ${JSON.stringify(useIntegers(schema))}`)
      .join(',\n');
  return `{\n  "properties": {\n${lines(properties)}\n  },\n  "definitions": {\n${lines(definitions)}\n  }\n}\n`;
}

async function createSchema() {
  const source = await readFile(declarations, 'utf8');
  const rows = listAnswers(source).map(({ name, type }) => `  ${name}: ${type};`);
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-schemas-'));
  try {
    const path = join(folder, 'answers.ts');
    await writeFile(path, `${source}\nexport type Answers = {\n${rows.join('\n')}\n};\n`);
    const generator = createGenerator({ path, jsDoc: 'none', topRef: false, skipTypeCheck: true });
    return generator.createSchema('Answers');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function listAnswers(source: string): { name: string; type: string }[] {
  return source
    .split('export declare function ')
    .slice(1)
    .map((text) => ({ name: /^\w+/.exec(text)?.[0] ?? '', type: /\): Promise<([\s\S]+?)>;\n/.exec(text)?.[1] ?? '' }))
    .filter(({ type }) => !['', 'never', 'Blob'].includes(type));
}

function useIntegers(schema: unknown, field = ''): unknown {
  if (schema === 'number' && !fractional.has(field)) return 'integer';
  if (Array.isArray(schema)) return schema.map((it) => useIntegers(it, field));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'properties'
        ? Object.fromEntries(Object.entries(value as object).map(([name, it]) => [name, useIntegers(it, name)]))
        : // Names of fields are no types.
          key === 'required' || key === 'enum'
          ? value
          : useIntegers(value, field),
    ]),
  );
}
