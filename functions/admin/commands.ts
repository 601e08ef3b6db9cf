import type { AdminCommand } from './command.ts';

interface Row {
  /** One or two words. */
  name: string;
  /** Arguments and options, as the help prints them. */
  usage: string;
  summary: string;
  load: () => Promise<{ command: AdminCommand }>;
}

/** The commands of `darkroom admin`, in the order of its help. */
export const commands: readonly Row[] = [
  {
    name: 'users list',
    usage: '',
    summary: 'Lists the accounts',
    load: () => import('./users-list.ts'),
  },
  {
    name: 'users create',
    usage: 'EMAIL [--name NAME] [--admin] [--folder LABEL] [--quota-gib N] [--password-stdin]',
    summary: 'Creates an account; without --password-stdin it generates a password and shows it once',
    load: () => import('./users-create.ts'),
  },
  {
    name: 'reset-password',
    usage: 'EMAIL [--password-stdin] [--end-sessions]',
    summary: 'Sets a new password: the one on standard input, or a generated one that is shown once',
    load: () => import('./reset-password.ts'),
  },
  {
    name: 'grant-admin',
    usage: 'EMAIL',
    summary: 'Makes a user an administrator',
    load: () => import('./grant-admin.ts'),
  },
  {
    name: 'stages',
    usage: '[--stage S] [--failed] [--limit N]',
    summary: 'Counts what waits and what failed, with the reasons; --failed lists each failed photo',
    load: () => import('./stages.ts'),
  },
  {
    name: 'redrive',
    usage: '[--stage S]',
    summary: 'Retries the failed stages and redrives all dead letters',
    load: () => import('./redrive.ts'),
  },
  {
    name: 'dead-letters list',
    usage: '[ID...] [--type T] [--stage S] [--limit N]',
    summary: 'Lists events that no retry could deliver, with the response of the function',
    load: () => import('./dead-letters-list.ts'),
  },
  {
    name: 'dead-letters redrive',
    usage: 'ID... | --type T | --stage S | --all',
    summary: 'Sends dead letters again',
    load: () => import('./dead-letters-redrive.ts'),
  },
  {
    name: 'dead-letters discard',
    usage: '(ID... | --type T | --stage S | --unparsable | --all) --reason TEXT',
    summary: 'Gives dead letters up for good',
    load: () => import('./dead-letters-discard.ts'),
  },
  {
    name: 'sweep',
    usage: '[--nightly]',
    summary: 'Finds lost work and announces it again; --nightly also empties expired trash',
    load: () => import('./sweep.ts'),
  },
  {
    name: 'verify',
    usage: '[--repair [--approve]] [--restored]',
    summary:
      'Compares the database with the store; --repair fixes the differences, --approve also if many originals are gone; use --restored after a restore of an older database',
    load: () => import('./verify.ts'),
  },
  {
    name: 'store status',
    usage: '',
    summary: 'Shows whether the store belongs to this database, and whether files are deleted there',
    load: () => import('./store-status.ts'),
  },
  {
    name: 'store adopt',
    usage: '',
    summary: 'Accepts a store with a wrong marker as the one of this database; deletions wait until `store resume`',
    load: () => import('./store-adopt.ts'),
  },
  {
    name: 'store resume',
    usage: '',
    summary:
      'Ends the hold on deletions after a restore: files of deleted assets are removed again, and the time of everything in the trash starts anew',
    load: () => import('./store-resume.ts'),
  },
  {
    name: 'export',
    usage: 'FILE',
    summary: 'Writes the whole database to a file, as a backup or to move it; the photos stay in the store',
    load: () => import('./export.ts'),
  },
  {
    name: 'import',
    usage: 'FILE',
    summary: 'Imports an export into an empty database, embedded or PostgreSQL',
    load: () => import('./import.ts'),
  },
  {
    name: 'minio setup',
    usage: '[--target ID] [--endpoint URL] [--queue-dir PATH]',
    summary: 'Turns on the notifications of the bucket; prints the configuration that the server needs for that',
    load: () => import('./minio-setup.ts'),
  },
  {
    name: 'minio listing',
    usage: '[--bucket NAME] [--approve]',
    summary: 'Shows what the last listing of the bucket found; --approve that the missing objects are really gone',
    load: () => import('./minio-listing.ts'),
  },
  {
    name: 'scan status',
    usage: '',
    summary: 'Shows the results of the scans of watched folders, and why one is halted',
    load: () => import('./scan-status.ts'),
  },
  {
    name: 'scan start',
    usage: '[--full]',
    summary: 'Starts a scan of the watched folders; --full also reads folders that have not changed',
    load: () => import('./scan-start.ts'),
  },
  {
    name: 'scan approve',
    usage: 'FOLDER',
    summary: 'Confirms that the files whose absence halted the scan of a folder are really gone',
    load: () => import('./scan-approve.ts'),
  },
  {
    name: 'scan adopt',
    usage: 'FOLDER',
    summary: 'Accepts a folder with a wrong marker as the right one',
    load: () => import('./scan-adopt.ts'),
  },
  {
    name: 'schema',
    usage: '',
    summary: 'Shows the schema version of the database and the one that this program needs',
    load: () => import('./schema.ts'),
  },
];
