/**
 * A named place where a test can kill this process as a power cut would (SIGKILL, nothing is flushed).
 * Does nothing unless `DARKROOM_CRASH_AT` is `<name>` or `<name>:<n>` (the n-th time it is passed).
 */
export function crashPoint(name: CrashPoint): void {
  if (target === undefined || name !== target.name) return;
  target.left -= 1;
  if (target.left === 0) process.kill(process.pid, 'SIGKILL');
}

/** Every crash point there is, so that the kill matrix can walk them all. */
export const crashPoints = [
  'upload/after-reserve',
  'upload/mid-stream',
  'upload/after-temp-write',
  'upload/after-rename',
  'upload/after-commit',
  'upload/before-reply',
  'metadata/after-lease',
  'metadata/after-commit',
  'thumbnail/after-lease',
  'thumbnail/after-files',
  'thumbnail/after-commit',
  'faces/after-lease',
  'faces/after-commit',
  'people/after-commit',
  'relay/after-queue',
  'delete/after-files',
] as const;

export type CrashPoint = (typeof crashPoints)[number];

const target = parseTarget(process.env['DARKROOM_CRASH_AT']);

function parseTarget(text: string | undefined): { name: string; left: number } | undefined {
  if (!text) return undefined;
  const [name = '', count = '1'] = text.split(':');
  return { name, left: Number(count) };
}
