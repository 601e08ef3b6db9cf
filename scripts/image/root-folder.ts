import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The unprivileged user of all processes in an image. */
export const userId = 65_532;

/** Writes what an image without a distribution needs: a user, the order of name lookups and /tmp. */
export async function layOutBase(root: string): Promise<void> {
  await mkdir(join(root, 'etc'), { recursive: true });
  await mkdir(join(root, 'tmp'));
  await chmod(join(root, 'tmp'), 0o1777);
  await writeFile(
    join(root, 'etc/passwd'),
    `root:x:0:0:root:/:/sbin/nologin\ndarkroom:x:${userId}:${userId}::/tmp:/sbin/nologin\n`,
  );
  await writeFile(join(root, 'etc/group'), `root:x:0:\ndarkroom:x:${userId}:\n`);
  await writeFile(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
}

/** Copies a file or folder of this computer to `path` in `root`; links are replaced by their targets. */
export async function addTree(
  root: string,
  source: string,
  path: string,
  isWanted: (path: string) => boolean = () => true,
): Promise<void> {
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  await cp(await realpath(source), target, { recursive: true, dereference: true, filter: isWanted });
}

/** Copies a program to `path` in `root`, and its shared libraries to their paths on this computer. */
export async function addProgram(root: string, source: string, path: string): Promise<void> {
  await addTree(root, source, path);
  await chmod(join(root, path), 0o755);
  await addLibraries(root, source);
}

/** Copies the shared libraries of the program or library `source` to their paths on this computer. */
export async function addLibraries(root: string, source: string): Promise<void> {
  const { stdout } = await run('ldd', [source]).catch(() => ({ stdout: '' }));
  for (const [, library = ''] of stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)) {
    // Libraries beside the program, or in its package, are copied with it.
    if (!/\/\.\.\/|\/node_modules\//.test(library)) await addTree(root, library, library);
  }
}

/** Copies Perl with its core modules. */
export async function addPerl(root: string): Promise<void> {
  const { stdout: program } = await run('perl', ['-e', 'print $^X']);
  await addProgram(root, program, '/usr/bin/perl');
  const script = 'print join "\\n", @Config{qw(privlibexp archlibexp)}, grep { m{/perl-base$} && -d } @INC';
  const { stdout: folders } = await run('perl', ['-MConfig', '-e', script]);
  const isWanted = (path: string) => !/\/CORE$|\/pod$|\.(?:pod|h|a)$/.test(path);
  for (const folder of folders.split('\n')) await addTree(root, folder, folder, isWanted);
}
