import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { operations } from '#functions/api/generated/operations.ts';
import { isBuilt, type OperationRow } from '#functions/api/http/operation.ts';

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}
interface Schemas {
  properties: Record<string, Schema>;
  definitions: Record<string, Schema>;
}

/** Made by `npm run generate` from the types of the SDK: the argument of each of its functions. */
const sdk = JSON.parse(readFileSync(new URL('generated/request-schemas.json', import.meta.url), 'utf8')) as Schemas;

/** The alternative schemas of a value, with resolved references. */
function alternatives(schema: Schema, definitions: Record<string, Schema>): Schema[] {
  if (schema.$ref !== undefined) {
    const name = decodeURIComponent(schema.$ref.split('/').at(-1) ?? '');
    const target = definitions[name];
    if (target === undefined) throw new Error(`${schema.$ref} is not defined`);
    return alternatives(target, definitions);
  }
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [schema, ...inner.flatMap((it) => alternatives(it, definitions))];
}

const isObject = (schema: Schema) => schema.properties !== undefined;
/** Accepts any value, or any field. */
const isOpen = ({ properties, additionalProperties }: Schema) =>
  properties === undefined && (additionalProperties === true || typeof additionalProperties === 'object');

/** The names that `wanted` has at any depth and `given` lacks. */
function listMissing(wanted: Schema, given: Schema, path: string, givenDefinitions: Record<string, Schema>): string[] {
  const of = alternatives(wanted, sdk.definitions);
  const by = alternatives(given, givenDefinitions);
  const takesAnything = by.some((it) => Object.keys(it).length === 0 || isOpen(it));
  if (takesAnything) return [];
  const missing: string[] = [];
  for (const { properties = {} } of of.filter(isObject)) {
    for (const [name, schema] of Object.entries(properties)) {
      const found = by.flatMap((it) => it.properties?.[name] ?? []);
      if (found.length === 0) missing.push(`${path}${name}`);
      else missing.push(...listMissing(schema, { anyOf: found }, `${path}${name}.`, givenDefinitions));
    }
  }
  const items = by.flatMap((it) => it.items ?? []);
  for (const { items: wantedItems } of of)
    if (wantedItems !== undefined && items.length > 0)
      missing.push(...listMissing(wantedItems, { anyOf: items }, `${path}[].`, givenDefinitions));
  return missing;
}

function toSchema(schema: z.ZodType | undefined): Schema & { $defs?: Record<string, Schema> } {
  if (schema === undefined) return { properties: {} };
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as never;
}

/** Parameters that the SDK does not send in path, query or JSON. */
const elsewhere = /^(?:key|slug|xImmich.*)$/;

const rows = Object.entries<OperationRow>(operations).flatMap(([id, row]) =>
  isBuilt(row) ? [[id, row] as const] : [],
);

test.each(rows)('%s accepts every field that the SDK can send', (id, row) => {
  const argument = sdk.properties[id];
  if (argument === undefined) return;
  const [{ properties = {} } = {}] = alternatives(argument, sdk.definitions).filter(isObject);
  const inPath = new Set([...row.path.matchAll(/:(\w+)/g)].map((it) => it[1]));
  const query = toSchema(row.query);
  const body = toSchema(row.body);
  const missing = Object.entries(properties).flatMap(([name, schema]) => {
    const wireName = name.replace(/^\$/, '');
    if (elsewhere.test(wireName) || inPath.has(wireName)) return [];
    if (!name.endsWith('Dto'))
      return listMissing({ properties: { [wireName]: schema } }, query, 'query ', query.$defs ?? {});
    // The handler parses the form itself; functions/api/assets/upload.test.ts sends every field.
    return row.accepts === 'multipart' ? [] : listMissing(schema, body, '', body.$defs ?? {});
  });
  expect(missing).toEqual([]);
});

test('the comparison finds a missing field at any depth', () => {
  const find = (id: string, schema: z.ZodType) => {
    const { properties = {} } = sdk.properties[id] ?? {};
    const wanted = Object.entries(properties).find(([name]) => name.endsWith('Dto'))?.[1];
    if (wanted === undefined) throw new Error(`${id} takes no body`);
    return listMissing(wanted, toSchema(schema), '', {});
  };
  expect(find('addAssetsToAlbum', z.object({}))).toEqual(['ids']);
  expect(find('addUsersToAlbum', z.object({ albumUsers: z.array(z.object({ userId: z.uuid() })) }))).toEqual([
    'albumUsers.[].role',
  ]);
  expect(find('updateMyPreferences', z.object({ albums: z.object({}).optional() }))).toContain(
    'albums.defaultAssetOrder',
  );
});
