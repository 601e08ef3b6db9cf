import { commands } from '#functions/admin/commands.ts';

/** docs/administration.md: how commands are run, and a row per command. */
export function formatAdministration(): string {
  const rows = commands.map(({ name, usage, summary }) => {
    const line = `${name} ${usage}`.trimEnd().replaceAll('|', String.raw`\|`);
    return `| \`${line}\` | ${summary} |`;
  });
  return `# The command line of administrators

Made by \`npm run generate\` from \`functions/admin/commands.ts\`.

**On a computer of your own**: \`npm run admin -- COMMAND\`, with \`--data DIR\` if \`npm start\` has it. Darkroom may be awake,
asleep or off: only one process can use the embedded database, so the command is run by the app while that is awake, and
else by itself. A command that takes long, such as \`verify\`, keeps a sleeping Darkroom from waking until it has ended.

**In a cluster** no pod is there to exec into, so a command runs as a Job: \`knative/admin-job.sh [-n NAMESPACE] COMMAND\`
prints what it says, ends with its exit code and deletes the Job. It needs kubectl alone, and takes image, settings and
store from the CronJob \`darkroom-admin\`, which never runs by itself. To have that before anything else, as for a restore:

\`\`\`sh
kubectl apply -k . -l 'app.kubernetes.io/name in (darkroom-admin, darkroom-migrate, darkroom-photos)'
\`\`\`

The Job is told where the Broker is by a SinkBinding. Should it not be, the command says so: what it set going then waits
as rows of the database until a function next works.

Every command answers in JSON with \`--json\` and tells its usage with \`--help\`. The exit code is 0 when it is done, 1 when
it failed, 2 when it was not understood. No command prints anything secret but a password that it made itself, once. In a
Job nothing stands on standard input: there \`--password-stdin\` cannot be used, and the password is made.

| command | what it does |
| --- | --- |
${rows.join('\n')}

\`redrive\` does again what failed of the stages and sets all dead letters going; \`dead-letters\` chooses among these by id, by
the type of event (\`--type object.created\`) or by stage. A letter whose stage is done meanwhile is only closed. What is no
event of Darkroom's own cannot be redriven, only discarded.

## From the embedded database to PostgreSQL, and back

\`\`\`sh
npm run admin -- export /backup/darkroom.jsonl.gz
DATABASE_URL=postgres://… npm run admin -- import /backup/darkroom.jsonl.gz
DATABASE_URL=postgres://… npm start
\`\`\`

An export has every row (accounts, sessions, albums, people, what stages have done) as it was at one moment; it is a backup
of the database too. The photos are not in it: they stay in the store, which the new database uses as it is. Stop using
the old database first, or what is uploaded after the export is unknown to the new one. A busy embedded database answers
nobody else while it is exported. An import needs a database without users, makes its schema, and is all there or not at
all. Both need the same version of Darkroom, and the whole path of the file; in a Job that is a path of a volume.
`;
}
