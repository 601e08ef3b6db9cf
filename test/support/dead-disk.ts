import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe } from 'vitest';
import { noteSkippedSuite } from './services.ts';

/**
 * Mounts a file system at `path` that never answers, like a network file system with an unreachable server: every access
 * hangs in the kernel until it is disposed of. Requires root.
 */
export function mountDeadDisk(path: string): Disposable {
  const descriptor = openSync('/dev/fuse', 'r+');
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
  execFileSync('mount', ['-i', '-t', 'fuse', '-o', options, 'dead', path], {
    stdio: ['ignore', 'pipe', 'pipe', descriptor],
  });
  return {
    [Symbol.dispose]: () => {
      execFileSync('umount', ['--lazy', path], { stdio: 'pipe' });
      closeSync(descriptor);
    },
  };
}

/** A suite that needs `mountDeadDisk`; skipped, with a line at the end of the run, where nothing can be mounted. */
export function describeWithDeadDisk(name: string, suite: () => void): void {
  if (process.getuid?.() === 0 && existsSync('/dev/fuse')) {
    describe(name, suite);
    return;
  }
  describe.skip(name, suite);
  noteSkippedSuite('a disk that does not answer (FUSE, mounted by root)');
}
