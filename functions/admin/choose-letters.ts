import { expandType } from '#shared/events/event-types.ts';
import type { LetterFilter } from '#shared/outbox/dead-letter.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { isUuid } from '#shared/ids/ids.ts';
import { lettersOfStage } from '#shared/pipeline/redrive.ts';
import type { AdminInput, AdminOptions } from './command.ts';
import { findOption, findStage, hasFlag } from './read-input.ts';

export const letterOptions = {
  type: { type: 'string' },
  stage: { type: 'string' },
} as const satisfies AdminOptions;

/** The dead letters that ids, `--type` and `--stage` select. @throws input/invalid */
export function readLetterFilter(input: AdminInput): LetterFilter {
  const stage = findStage(input);
  const type = findOption(input, 'type');
  if (stage !== undefined && type !== undefined)
    throw new DarkroomError('input/invalid', 'Either --type or --stage, not both');
  const wrong = input.args.find((it) => !isUuid(it));
  if (wrong !== undefined) throw new DarkroomError('input/invalid', `${wrong} is not the id of a dead letter`);
  return {
    ...(stage === undefined ? {} : lettersOfStage(stage)),
    ...(type === undefined ? {} : { types: [expandType(type)] }),
    ...(input.args.length === 0 ? {} : { ids: input.args }),
  };
}

/** As `readLetterFilter`, but all dead letters are selected only with `--all`. @throws input/invalid */
export function readNarrowFilter(input: AdminInput): LetterFilter {
  const filter = readLetterFilter(input);
  const isNarrow = Object.keys(filter).length > 0;
  if (isNarrow === hasFlag(input, 'all'))
    throw new DarkroomError('input/invalid', 'Choose dead letters by ids, --type, --stage, or --all');
  return filter;
}
