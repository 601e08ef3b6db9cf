import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { operations } from '#functions/api/generated/operations.ts';
import type { OperationRow } from '#functions/api/http/operation.ts';

/** Made by `npm run generate` from the types of the SDK. */
const schemas = JSON.parse(readFileSync(new URL('generated/response-schemas.json', import.meta.url), 'utf8')) as {
  properties: Record<string, object>;
  definitions: Record<string, object>;
};

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
ajv.addSchema({ $id: 'sdk', definitions: schemas.definitions });
const validators = new Map<string, ValidateFunction>();

/** Fails unless `json` has the shape that the SDK expects of the operation: exactly its fields, nulls, enums, integers. */
export function checkResponse(operationId: string, json: unknown): void {
  const schema = schemas.properties[operationId];
  if (schema === undefined) {
    throw new Error(`${operationId} answers JSON, the SDK expects none: ${JSON.stringify(json)}`);
  }
  const validate = validators.get(operationId) ?? compile(operationId, schema);
  if (validate(json)) return;
  const lines = (validate.errors ?? []).map((it) =>
    [it.instancePath, it.message, JSON.stringify(it.params)].join(' ').trim(),
  );
  throw new Error([`${operationId} answers what the SDK does not expect:`, ...lines, JSON.stringify(json)].join('\n'));
}

function compile(operationId: string, schema: object): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"#/definitions/', '"sdk#/definitions/');
  const validate = ajv.compile(JSON.parse(text) as object);
  validators.set(operationId, validate);
  return validate;
}

/** Paths without parameters first, as in a router. */
const rows = Object.entries<OperationRow>(operations)
  .map(([id, row]) => ({ id, row, pattern: new RegExp(`^(?:/api)?${row.path.replaceAll(/:\w+/g, '[^/]+')}/?$`) }))
  .sort((a, b) => a.row.path.split(':').length - b.row.path.split(':').length);

/** The operation of a request; undefined for pages beside the API. */
export function findOperation(method: string, path: string): string | undefined {
  const plain = path.split('?')[0] ?? '';
  return rows.find(
    ({ row, pattern }) =>
      (row.method === method || (row.patchAlias === true && method === 'PATCH')) && pattern.test(plain),
  )?.id;
}

interface Exchange {
  method: string;
  path: string;
  status: number;
  contentType: string;
  text: string;
}

/** Checks a success with JSON against its operation; other responses pass. */
export function checkExchange({ method, path, status, contentType, text }: Exchange): void {
  if (status < 200 || status > 299 || !contentType.startsWith('application/json')) return;
  const operationId = findOperation(method, path);
  if (operationId !== undefined) checkResponse(operationId, JSON.parse(text));
}
