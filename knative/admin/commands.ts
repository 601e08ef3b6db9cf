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
    name: 'schema',
    usage: '',
    summary: 'Which version the database has, and which this program wants',
    load: () => import('./schema.ts'),
  },
];
