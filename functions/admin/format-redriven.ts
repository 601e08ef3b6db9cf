import type { Redriven } from '#shared/pipeline/redrive.ts';

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** One line for each outcome that redriven dead letters had; outcomes with a count of 0 are left out. */
export function formatRedriven({ stages, events, settled, unparsable }: Redriven): string[] {
  return [
    stages > 0 ? `${counted(stages, 'letter', 'letters')}: the stage of the photo runs again` : '',
    events > 0 ? `${counted(events, 'letter', 'letters')}: the event is sent again` : '',
    settled > 0 ? `${counted(settled, 'letter', 'letters')} closed: the stage has settled meanwhile` : '',
    unparsable > 0
      ? `${counted(unparsable, 'letter is', 'letters are')} not an event of Darkroom: dead-letters discard`
      : '',
  ].filter((line) => line !== '');
}
