import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';

const declarations = new URL('../../node_modules/@immich/sdk/build/fetch-client.d.ts', import.meta.url);

/** A function of the SDK by its declaration: the types of its one argument and of its result. */
export interface SdkFunction {
  name: string;
  /** undefined if it has no argument. */
  argument: string | undefined;
  answer: string;
}

/** JSON schemas of types of the SDK, one property for each function for which `typeOf` returns a type. */
export async function createSdkSchema(typeOf: (call: SdkFunction) => string | undefined) {
  const source = await readFile(declarations, 'utf8');
  const rows = listFunctions(source).flatMap((call) => {
    const type = typeOf(call);
    return type === undefined ? [] : `  ${call.name}: ${type};`;
  });
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-schemas-'));
  try {
    const path = join(folder, 'types.ts');
    await writeFile(path, `${source}\nexport type Wanted = {\n${rows.join('\n')}\n};\n`);
    const generator = createGenerator({ path, jsDoc: 'none', topRef: false, skipTypeCheck: true });
    return generator.createSchema('Wanted');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function listFunctions(source: string): SdkFunction[] {
  return source
    .split('export declare function ')
    .slice(1)
    .map((text) => ({
      name: /^\w+/.exec(text)?.[0] ?? '',
      argument: /^\w+\(\{[^}]*\}: (\{[\s\S]*?\n\}), opts\?/.exec(text)?.[1],
      answer: /\): Promise<([\s\S]+?)>;\n/.exec(text)?.[1] ?? '',
    }));
}

/** One line for each schema, for readable diffs. */
export function formatSchemas(schemas: object): string {
  return Object.entries(schemas)
    .map(([name, schema]) => `    ${JSON.stringify(name)}: ${JSON.stringify(schema)}`)
    .join(',\n');
}
