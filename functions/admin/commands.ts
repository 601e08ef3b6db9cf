import type { AdminCommand } from './command.ts';

interface Row {
  /** One or two words. */
  name: string;
  /** What may follow the name. */
  usage: string;
  summary: string;
  load: () => Promise<{ command: AdminCommand }>;
}

/** Every command of `darkroom admin`, in the order of its help; each is a file of its own. */
export const commands: readonly Row[] = [
  {
    name: 'users list',
    usage: '',
    summary: 'Who has an account',
    load: () => import('./users-list.ts'),
  },
  {
    name: 'users create',
    usage: 'EMAIL [--name NAME] [--admin] [--folder LABEL] [--quota-gib N] [--password-stdin]',
    summary: 'Gives somebody an account; without --password-stdin it makes a password and shows it once',
    load: () => import('./users-create.ts'),
  },
  {
    name: 'reset-password',
    usage: 'EMAIL [--password-stdin] [--end-sessions]',
    summary: 'Sets a new password: the one on standard input, or one that is made and shown once',
    load: () => import('./reset-password.ts'),
  },
  {
    name: 'grant-admin',
    usage: 'EMAIL',
    summary: 'Makes somebody an administrator',
    load: () => import('./grant-admin.ts'),
  },
  {
    name: 'stages',
    usage: '[--stage S] [--failed] [--limit N]',
    summary: 'What waits, what failed and why; with --failed each photo that did',
    load: () => import('./stages.ts'),
  },
  {
    name: 'redrive',
    usage: '[--stage S]',
    summary: 'Does again what failed, and sets dead letters going again',
    load: () => import('./redrive.ts'),
  },
  {
    name: 'dead-letters list',
    usage: '[ID...] [--type T] [--stage S] [--limit N]',
    summary: 'Events that no retry could deliver, with what the function answered',
    load: () => import('./dead-letters-list.ts'),
  },
  {
    name: 'dead-letters redrive',
    usage: 'ID... | --type T | --stage S | --all',
    summary: 'Sets them going again',
    load: () => import('./dead-letters-redrive.ts'),
  },
  {
    name: 'dead-letters discard',
    usage: '(ID... | --type T | --stage S | --unparsable | --all) --reason TEXT',
    summary: 'Gives them up for good',
    load: () => import('./dead-letters-discard.ts'),
  },
  {
    name: 'sweep',
    usage: '[--nightly]',
    summary: 'Finds what was lost and sets it going again; --nightly empties expired trash too',
    load: () => import('./sweep.ts'),
  },
  {
    name: 'verify',
    usage: '[--repair [--confirm]] [--restored]',
    summary:
      'Compares the database with the store; --repair puts right what it finds, --confirm also when many originals are gone; --restored after an older database was put back',
    load: () => import('./verify.ts'),
  },
  {
    name: 'store status',
    usage: '',
    summary: 'Whether the store is the one of the database, and whether anything is deleted there',
    load: () => import('./store-status.ts'),
  },
  {
    name: 'store adopt',
    usage: '',
    summary: 'Says that the store is the right one although its marker is not; deletions wait until `store resume`',
    load: () => import('./store-adopt.ts'),
  },
  {
    name: 'store resume',
    usage: '',
    summary:
      'Says that somebody has looked after a restore: what the database says is deleted again, trash after its whole time',
    load: () => import('./store-resume.ts'),
  },
  {
    name: 'export',
    usage: 'FILE',
    summary: 'Writes the whole database into a file, as a backup or to move it; the photos stay in the store',
    load: () => import('./export.ts'),
  },
  {
    name: 'import',
    usage: 'FILE',
    summary: 'Fills an empty database, embedded or PostgreSQL, with what was exported',
    load: () => import('./import.ts'),
  },
  {
    name: 'minio setup',
    usage: '[--target ID] [--endpoint URL] [--queue-dir PATH]',
    summary: 'Makes the bucket tell what comes and goes; says how the server is to be configured for that',
    load: () => import('./minio-setup.ts'),
  },
  {
    name: 'minio listing',
    usage: '[--bucket NAME] [--confirm]',
    summary: 'What the last listing of the bucket found; --confirm that what was missing is really gone',
    load: () => import('./minio-listing.ts'),
  },
  {
    name: 'scan status',
    usage: '',
    summary: 'How the scans of watched folders went, and what halted one',
    load: () => import('./scan-status.ts'),
  },
  {
    name: 'scan start',
    usage: '[--full]',
    summary: 'Has watched folders looked through now; with --full also folders that have not changed',
    load: () => import('./scan-start.ts'),
  },
  {
    name: 'scan approve',
    usage: 'FOLDER',
    summary: 'Says that the files which halted the scan of a folder are really gone',
    load: () => import('./scan-approve.ts'),
  },
  {
    name: 'scan adopt',
    usage: 'FOLDER',
    summary: 'Says that a folder is the right one although its marker is not',
    load: () => import('./scan-adopt.ts'),
  },
  {
    name: 'schema',
    usage: '',
    summary: 'Which version the database has, and which this program wants',
    load: () => import('./schema.ts'),
  },
];
