import { existsSync, writeFileSync } from 'node:fs';

/** All crash points, for the tests that kill a process at each of them. */
export const crashPoints = [
  'upload/after-reserve',
  'upload/mid-stream',
  'upload/after-temp-write',
  'upload/after-rename',
  'upload/after-commit',
  'upload/before-reply',
  'relay/after-queue',
  'ingest/after-hash',
  'ingest/after-commit',
  'metadata/after-lease',
  'metadata/after-commit',
  'thumbnail/after-lease',
  'thumbnail/after-files',
  'thumbnail/after-commit',
  'faces/after-lease',
  'faces/after-commit',
  'people/after-lease',
  'people/after-commit',
  'delete/after-files',
] as const;

export type CrashPoint = (typeof crashPoints)[number];

/**
 * A named point where a test can kill this process (SIGKILL, nothing is flushed). Does nothing unless
 * `DARKROOM_CRASH_AT` is `<name>`, `<name>:<n>` (at the n-th call) or `<name>=<detail>` (at any call with that detail).
 * With `DARKROOM_CRASH_ONCE` the file of that name is written first; if it exists already, nothing happens.
 */
export function crashPoint(name: CrashPoint, detail?: string): void {
  if (target === undefined || name !== target.name) return;
  if (target.detail !== undefined && target.detail !== detail) return;
  target.left -= 1;
  if (target.left > 0) return;
  const once = process.env['DARKROOM_CRASH_ONCE'];
  if (once !== undefined) {
    if (existsSync(once)) return;
    writeFileSync(once, name);
  }
  process.kill(process.pid, 'SIGKILL');
}

const target = parseTarget(process.env['DARKROOM_CRASH_AT']);

function parseTarget(text: string | undefined): { name: string; left: number; detail?: string } | undefined {
  const match = /^([^:=]+)(?::(\d+)|=(.+))?$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, name = '', count = '1', detail] = match;
  return { name, left: Number(count), ...(detail === undefined ? {} : { detail }) };
}
