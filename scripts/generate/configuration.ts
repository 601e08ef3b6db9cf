import { z } from 'zod';
import { settings } from '#shared/config/config.ts';

interface Setting {
  type?: string;
  enum?: string[];
  description?: string;
}

/** docs/configuration.md: a row per setting. */
export function formatConfiguration(): string {
  const rows = Object.entries(z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }).properties ?? {});
  const defaults: Record<string, string | number | boolean | readonly string[] | undefined> = settings.parse({});
  const table = rows.map(([name, schema]) => {
    const setting = schema as Setting;
    const values = setting.enum === undefined ? '' : ` (${setting.enum.map((it) => `\`${it}\``).join(', ')})`;
    return `| \`${name}\` | ${formatDefault(defaults[name])} | ${setting.description ?? ''}${values} |`;
  });
  return `# Configuration

Darkroom is configured by environment variables. A wrong value stops the start and is named. Made by \`npm run generate\` from \`shared/config/config.ts\`.

| variable | default | meaning |
| --- | --- | --- |
${table.join('\n')}
`;
}

const formatDefault = (value: string | number | boolean | readonly string[] | undefined) =>
  value === undefined || String(value) === '' ? '' : `\`${String(value)}\``;
