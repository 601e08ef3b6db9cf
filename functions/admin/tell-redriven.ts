import type { Redriven } from '#shared/pipeline/redrive.ts';

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** What became of letters, for people; nothing is said of what there was none of. */
export function tellRedriven({ stages, events, settled, unparsable }: Redriven): string[] {
  return [
    stages > 0 ? `${counted(stages, 'letter', 'letters')}: the stage of the photo runs again` : '',
    events > 0 ? `${counted(events, 'letter', 'letters')}: the event is sent again` : '',
    settled > 0 ? `${counted(settled, 'letter', 'letters')} told of what is settled; closed` : '',
    unparsable > 0
      ? `${counted(unparsable, 'letter is', 'letters are')} no event of Darkroom: dead-letters discard`
      : '',
  ].filter((line) => line !== '');
}
