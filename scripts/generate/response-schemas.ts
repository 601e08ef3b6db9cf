import { createSdkSchema, formatSchemas } from './sdk-schema.ts';

/** The types of the SDK have only `number`; all fields except these are integers upstream. */
const fractional = new Set(
  `latitude longitude lat lon localOffsetHours fNumber focalLength ratio angle x1 x2 x3 x4 y1 y2 y3 y4 boxScore textScore
  diskUsagePercentage maxDistance minScore minDetectionScore minRecognitionScore percentageLimit defaultStorageQuota`.split(
    /\s+/,
  ),
);

/** A JSON schema of the response of each operation, from the types of the SDK. Operations without JSON are left out. */
export async function formatResponseSchemas(): Promise<string> {
  const { properties = {}, definitions = {} } = await createSdkSchema(({ answer }) =>
    ['', 'never', 'Blob'].includes(answer) ? undefined : answer,
  );
  const lines = (schemas: object) =>
    formatSchemas(Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, useIntegers(schema)])));
  return `{\n  "properties": {\n${lines(properties)}\n  },\n  "definitions": {\n${lines(definitions)}\n  }\n}\n`;
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
        : // Names of fields are not types.
          key === 'required' || key === 'enum'
          ? value
          : useIntegers(value, field),
    ]),
  );
}
