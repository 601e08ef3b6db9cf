import { createSdkSchema, formatSchemas } from './sdk-schema.ts';

/** A JSON schema of the input of each operation (path, query, headers and body together), from the types of the SDK. */
export async function formatRequestSchemas(): Promise<string> {
  const { properties = {}, definitions = {} } = await createSdkSchema(({ argument }) => argument);
  const lines = { properties: formatSchemas(properties), definitions: formatSchemas(definitions) };
  return `{\n  "properties": {\n${lines.properties}\n  },\n  "definitions": {\n${lines.definitions}\n  }\n}\n`;
}
