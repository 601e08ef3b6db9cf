import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { noteSkippedSuite } from './services.ts';

export interface SmallDisk extends Disposable {
  readonly path: string;
}

/** Mounts a file system in memory that is full after `sizeBytes`; requires root. */
export function mountSmallDisk(sizeBytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'darkroom-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=700`, 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    rmSync(path, { recursive: true });
    throw error;
  }
  return {
    path,
    [Symbol.dispose]: () => {
      execFileSync('umount', ['--lazy', path], { stdio: 'pipe' });
      rmSync(path, { recursive: true });
    },
  };
}

/** A suite that needs `mountSmallDisk`; skipped, with a line at the end of the run, if mounting fails. */
export function describeWithSmallDisk(name: string, suite: () => void): void {
  if (canMount()) {
    describe(name, suite);
    return;
  }
  describe.skip(name, suite);
  noteSkippedSuite('a small disk (mounted by root)');
}

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    mountSmallDisk(4_096)[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
}
