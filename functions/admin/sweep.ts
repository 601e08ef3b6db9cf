import { sweep, type Repairs } from '#functions/sweep/sweep.ts';
import type { AdminCommand } from './command.ts';
import { hasFlag, refuseArguments } from './read-input.ts';

export const command: AdminCommand = {
  options: { nightly: { type: 'boolean' } },
  async run(ports, input) {
    refuseArguments(input);
    const platform = await ports.openPlatform();
    const relay = { kick: () => {}, settled: () => Promise.resolve() };
    const { isOnlyProcess } = ports;
    const repairs = await sweep({ ...platform, relay }, { isOnlyProcess, isNightly: hasFlag(input, 'nightly') });
    const waiting = await ports.announce();
    return {
      text: `${formatRepairs(repairs)}${waiting === undefined ? '' : `\n${waiting}`}`,
      json: { ...repairs, waiting },
    };
  },
};

/** `stagesAnnouncedAgain: 3` as `stages announced again: 3`. */
function formatRepairs(repairs: Repairs): string {
  const lines = Object.entries(repairs)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}: ${count}`);
  return lines.length === 0 ? 'There was nothing to repair.' : lines.join('\n');
}
