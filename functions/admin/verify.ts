import { verifyStore, type Finding } from '#functions/sweep/verify-store.ts';
import type { AdminCommand } from './command.ts';
import { hasFlag, refuseArguments } from './read-input.ts';

const findingsMax = 1000;

const lossDoubted =
  'So many missing originals are more likely a fault of the store than deletions, so no asset was made offline. If they are really gone: verify --repair --approve';

export const command: AdminCommand = {
  options: { repair: { type: 'boolean' }, restored: { type: 'boolean' }, approve: { type: 'boolean' } },
  async run(ports, input) {
    refuseArguments(input);
    const platform = await ports.openPlatform();
    const findings: Finding[] = [];
    const result = await verifyStore(platform, {
      repair: hasFlag(input, 'repair'),
      isRestored: hasFlag(input, 'restored'),
      isLossApproved: hasFlag(input, 'approve'),
      signal: platform.signal,
      onFinding: (finding) => {
        if (findings.length < findingsMax) findings.push(finding);
      },
    });
    const waiting = hasFlag(input, 'repair') ? await ports.announce() : undefined;
    const lines = findings.map(({ what, key }) => `${what.replace('-', ' ')}: ${key}`);
    const sums = [
      `${result.originals} originals, of which ${result.originalsMissing} are missing; ${result.originalsBack} are back`,
      ...(result.isLossDoubted ? [lossDoubted] : []),
      `${result.originalsUnknown} uploads without an asset; ${result.originalsAdopted} became assets`,
      `${result.renderings} derivatives, of which ${result.renderingsMissing} are missing`,
    ];
    return { text: [...lines, ...sums, waiting ?? ''].join('\n').trimEnd(), json: { ...result, findings, waiting } };
  },
};
