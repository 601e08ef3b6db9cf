import { readSchema } from '#shared/db/migrate.ts';
import type { AdminCommand } from './command.ts';
import { refuseArguments } from './read-input.ts';

export const command: AdminCommand = {
  async run(ports, input) {
    refuseArguments(input);
    const { applied, known } = await readSchema(await ports.openAnyDb());
    const [has, wants] = [applied.at(-1) ?? 'none', known.at(-1) ?? 'none'];
    const fits = verdict(applied, known);
    return {
      text: `The database has   ${has}\nThis program needs ${wants}\n${explanations[fits]}`,
      json: { applied, known, fits },
    };
  },
};

type Fit = 'fits' | 'older' | 'newer';

const explanations: Record<Fit, string> = {
  fits: 'They fit.',
  older:
    'The database must be migrated (--target=migrate in a cluster, a start of Darkroom on a computer of your own).',
  newer: 'A newer version of Darkroom has migrated this database: run that one.',
};

function verdict(applied: readonly string[], known: readonly string[]): Fit {
  if (applied.some((name) => !known.includes(name))) return 'newer';
  return known.every((name) => applied.includes(name)) ? 'fits' : 'older';
}
