import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const program = join(import.meta.dirname, '../../node_modules/@immich/cli/bin/immich');
const run = promisify(execFile);

/** Runs `@immich/cli` with its own configuration folder. Fails unless it exits with 0. */
export async function immich(configFolder: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', IMMICH_CONFIG_DIR: configFolder, NO_COLOR: '1' };
  const { stdout, stderr } = await run(process.execPath, [program, ...args], {
    env,
    timeout: 300_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout + stderr;
}
