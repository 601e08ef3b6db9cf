// Builds the one image of Darkroom without a container engine, from what is on this computer (Linux with Perl 5), as an
// archive that `docker load`, `podman load` and `ctr images import` take. With an engine use the Containerfile instead.
// `node scripts/image/build.ts [--name NAME] [--out FILE]` prints the image's reference.
import { glob, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeFlags } from '#knative/node-flags.ts';
import { bundleApp } from './bundle.ts';
import { writeImage } from './image-archive.ts';
import { addLibraries, addPerl, addProgram, addTree, layOutBase, userId } from './root-folder.ts';

const dist = join(import.meta.dirname, '../../dist');
const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'dev.local/darkroom' },
    out: { type: 'string', default: join(dist, 'darkroom.tar') },
  },
});

const app = join(dist, 'app');
await bundleApp(app);
const staging = await mkdtemp(join(tmpdir(), 'darkroom-image-'));
try {
  const [platform, program] = [join(staging, 'platform'), join(staging, 'program')];
  await layOutBase(platform);
  await addProgram(platform, process.execPath, '/usr/local/bin/node');
  await addPerl(platform);
  for await (const library of glob(join(app, 'node_modules/**/*.{node,so,so.*}')))
    await addLibraries(platform, library);
  // The first line of exiftool asks for it.
  await addProgram(platform, '/usr/bin/env', '/usr/bin/env');
  await addTree(program, app, '/app');
  const reference = await writeImage(values.out, {
    name: values.name,
    layers: [platform, program],
    userId,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', NODE_ENV: 'production', DARKROOM_MODELS: '/app/models' },
    entrypoint: ['node', ...nodeFlags, '/app/function.mjs'],
    workingFolder: '/app',
  });
  console.log(reference);
} finally {
  await rm(staging, { recursive: true, force: true });
}
