import { commands } from '#functions/admin/commands.ts';

/** docs/administration.md: how commands are run, and a row per command. */
export function formatAdministration(): string {
  const rows = commands.map(({ name, usage, summary }) => {
    const line = `${name} ${usage}`.trimEnd().replaceAll('|', String.raw`\|`);
    return `| \`${line}\` | ${summary} |`;
  });
  return `# The command line of administrators

Made by \`npm run generate\` from \`functions/admin/commands.ts\`.

**On your own computer**: \`npm run admin -- COMMAND\`, with \`--data DIR\` if \`npm start\` has it. Darkroom may be awake,
asleep or off: only one process can use the embedded database, so the command runs in the app if that is awake, and
otherwise in its own process. A long command, such as \`verify\`, keeps a sleeping Darkroom from waking until it has ended.

**In a cluster** a command runs as a Job, since at zero pods there is none to exec into:
\`knative/admin-job.sh [-n NAMESPACE] COMMAND\` prints its output, exits with its exit code and deletes the Job. It needs
only kubectl, and takes image, settings and store from the suspended CronJob \`darkroom-admin\`. To apply that before
everything else, as for a restore:

\`\`\`sh
kubectl apply -k . -l 'app.kubernetes.io/name in (darkroom-admin, darkroom-migrate, darkroom-photos)'
\`\`\`

A SinkBinding sets the address of the Broker in the Job. Without it the command prints a note, and the events wait in the
outbox until a function next works.

Every command prints JSON with \`--json\` and its usage with \`--help\`. The exit code is 0 for success, 1 for a failure, 2
for a usage error. No command prints secrets except a password that it has generated, once. A Job has no standard input:
there \`--password-stdin\` cannot be used, and the password is generated.

| command | what it does |
| --- | --- |
${rows.join('\n')}

\`redrive\` retries the failed stages and redrives all dead letters; \`dead-letters\` selects them by id, by the type of event
(\`--type object.created\`) or by stage. A dead letter whose stage has settled meanwhile is only closed. Events that are not
Darkroom's cannot be redriven, only discarded.

## From the embedded database to PostgreSQL, and back

\`\`\`sh
npm run admin -- export /backup/darkroom.jsonl.gz
DATABASE_URL=postgres://… npm run admin -- import /backup/darkroom.jsonl.gz
DATABASE_URL=postgres://… npm start
\`\`\`

An export contains every row (accounts, sessions, albums, people, results of stages) at one moment; it is a backup of the
database too. It does not contain the photos: they stay in the store, which the new database uses unchanged. Stop using
the old database first, because the new one does not know uploads after the export. The embedded database is blocked
during an export. An import needs a database without users, creates its schema, and is atomic. Both need the same version
of Darkroom and the absolute path of the file; in a Job that is a path of a volume.
`;
}
