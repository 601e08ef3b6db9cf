// Builds the image of Darkroom without a container engine, from the programs on this computer (Linux with Perl 5), as an
// archive for `docker load`, `podman load` and `ctr images import`. With an engine use the Containerfile instead.
// `node scripts/image/build.ts [--name NAME] [--out FILE]` prints the image's reference. Its tag is a hash of the content,
// and the build is reproducible: the same source on the same system gives the same bytes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeImage } from './image-archive.ts';
import { imageSettings, layOutImage } from './lay-out.ts';

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'dev.local/darkroom' },
    out: { type: 'string', default: join(import.meta.dirname, '../../dist/darkroom.tar') },
  },
});

const staging = await mkdtemp(join(tmpdir(), 'darkroom-image-'));
try {
  const layers = [join(staging, 'platform'), join(staging, 'program')] as const;
  await layOutImage(...layers);
  console.log(await writeImage(values.out, { name: values.name, layers, ...imageSettings }));
} finally {
  await rm(staging, { recursive: true, force: true });
}
