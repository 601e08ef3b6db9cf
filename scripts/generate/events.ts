import { z } from 'zod';
import { catalogue } from '#shared/events/catalogue.ts';

/** docs/events.md: a section per event. */
export function formatEvents(): string {
  const sections = Object.entries(catalogue).map(([type, { summary, data }]) => {
    const { properties = {}, required = [] } = z.toJSONSchema(data, { io: 'input' });
    const rows = Object.entries(properties).map(([name, schema]) => {
      const { type = '', format } = schema as { type?: string; format?: string };
      return `| \`${name}\` | ${format ?? type} | ${required.includes(name) ? 'yes' : 'no'} |`;
    });
    return `## ${type}\n${summary}\n\n| data | type | required |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `# Events

The functions of Darkroom meet in these CloudEvents 1.0 (HTTP, binary mode). Made by \`npm run generate\` from \`shared/events/catalogue.ts\`.

- \`id\`: a hash of the fact that the event tells, so that the same fact told twice is the same event.
- \`source\`: the function and store that send it; \`subject\`: the asset's id, or the key of a file.
- \`assettype\`: \`image\` or \`video\`, where an asset is meant: Triggers filter on it. \`traceparent\` travels along.

${sections.join('\n')}`;
}
