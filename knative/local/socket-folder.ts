import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The smallest limit of systems on the path of a Unix socket, less the longest name of one. */
const longestFolder = 103 - '/dead-letter.sock'.length;

/** Creates an empty folder for sockets that only this user can enter, in the data folder if its path is short enough. */
export async function makeSocketFolder(dataFolder: string): Promise<string> {
  const folder = join(resolve(dataFolder), 'run');
  if (Buffer.byteLength(folder) > longestFolder) return await mkdtemp(join(tmpdir(), 'darkroom-'));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  return folder;
}
