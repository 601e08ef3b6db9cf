import { instruments } from '#shared/metrics/instruments.ts';

/** docs/metrics.md: a row per instrument. */
export function formatMetrics(): string {
  const rows = instruments.map(
    ({ name, kind, unit, description }) => `| \`${name}\` | ${kind} | ${unit.replace(/[{}]/g, '')} | ${description} |`,
  );
  return `# Metrics

A pod that goes to zero can't be asked, so Darkroom pushes: with \`OTEL_EXPORTER_OTLP_ENDPOINT\` set (an OpenTelemetry collector, Prometheus' own OTLP receiver, Grafana Alloy) each process sends what it measured every 15 seconds while it is awake, and once more when it is asked to end. What OpenTelemetry's other variables say (headers, timeout, resource attributes) holds. Nothing is measured without a collector, and a cold start is not slower with one: what sends is loaded after the first answer.

Sums are cumulative and each process is its own \`service.instance.id\`: add them up, over pods that are long gone too. The \`service.name\` is \`darkroom-\` and the function; on one computer it is \`darkroom-app\`. The gauges tell of the database and are the same whoever sends them. They stand still while everything is at zero pods, since then nothing changes.

| metric | kind | unit | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}

Worth an alarm: \`darkroom.dead_letters\` above 0 (\`darkroom admin dead-letters\`), \`darkroom.outbox.age\` above 30 minutes while somebody uses it (the Broker takes nothing), \`darkroom.stages\` with \`state="failed"\` growing, and \`darkroom.listing.lost_notifications\` growing (the bucket's notifications do not arrive).

Made by \`npm run generate\` from \`shared/metrics/instruments.ts\`.
`;
}
