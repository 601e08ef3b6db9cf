import { findVerifications, type Verification, type Verifications } from '#shared/store-records/store-verification.ts';
import type { AdminCommand } from './command.ts';
import { formatAge } from './format-age.ts';
import { refuseArguments } from './read-input.ts';

export const command: AdminCommand = {
  async run(ports, input) {
    refuseArguments(input);
    const { identity, db } = await ports.openPlatform();
    const { label, known, problem, hold } = await identity.describe();
    const lines = [`Store: ${label}`, `Id: ${known?.id ?? 'none yet'}`];
    if (problem !== undefined) lines.push(`It cannot be used: ${problem}`);
    if (hold !== undefined) {
      const since = known?.heldAt ?? null;
      lines.push(`No files are deleted${since === null ? '' : ` since ${formatAge(since)}`}: ${hold}`);
      lines.push('Check the store (verify), then run: store resume');
    }
    const verifications = await findVerifications(db);
    lines.push(...describeVerifications(verifications));
    return {
      text: lines.join('\n'),
      json: {
        verification: verifications,
        store: label,
        id: known?.id,
        problem,
        deletionsHeld: hold,
        heldAt: known?.heldAt,
      },
    };
  },
};

function describeVerifications({ current, last }: Verifications): string[] {
  if (current === undefined && last === undefined) return ['The nightly verification has not run yet'];
  return [
    ...(last === undefined ? [] : describeVerification(`Verified until ${last.finishedAt}`, last)),
    ...(current === undefined ? [] : describeVerification(`Being verified since ${current.startedAt}`, current)),
  ];
}

function describeVerification(title: string, it: Verification): string[] {
  const sums = `${it.originals} originals checked, ${it.hashed} hashed, ${it.missing} missing, ${it.damaged} damaged`;
  return [`${title}: ${sums}`, ...it.findings.map(({ what, key }) => `  ${what}: ${key}`)];
}
