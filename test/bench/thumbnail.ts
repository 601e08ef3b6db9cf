/**
 * CPU per photo of `renderImage` against the bare cascade: one shrinking decode, and everything else from its pixels.
 *   node test/bench/thumbnail.ts [--photos 30] [--rounds 4] [--megapixels 12]
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rgbaToThumbHash } from 'thumbhash';
import { renderImage } from '#shared/media/render-image.ts';
import { sharp } from '#shared/media/sharp.ts';
import { makeCameraPhotos } from '#test/fixtures/index.ts';

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '4' },
    megapixels: { type: 'string', default: '12' },
  },
});
const megapixels = Number(values.megapixels);
const folder = join(tmpdir(), `darkroom-bench-${megapixels}mp`);
const photos = await makeCameraPhotos(folder, Number(values.photos), { megapixels });
const paths = photos.map((photo) => photo.path);

async function renderBare(path: string): Promise<void> {
  const large = await sharp(path).autoOrient().resize(1440, 1440, outside).raw().toBuffer({ resolveWithObject: true });
  const jpeg = sharp(large.data, { raw: large.info }).jpeg({
    quality: 80,
    chromaSubsampling: '4:4:4',
    optimiseCoding: false,
  });
  const encoding = jpeg.toBuffer();
  const small = await sharp(large.data, { raw: large.info })
    .resize(250, 250, outside)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const tiny = sharp(small.data, { raw: small.info }).resize(100, 100, { fit: 'inside' }).ensureAlpha().raw();
  const [, , { data, info }] = await Promise.all([
    encoding,
    sharp(small.data, { raw: small.info }).webp({ quality: 80, effort: 2 }).toBuffer(),
    tiny.toBuffer({ resolveWithObject: true }),
  ]);
  rgbaToThumbHash(info.width, info.height, data);
}

const outside = { fit: 'outside', withoutEnlargement: true } as const;

/** CPU and wall milliseconds for each photo, two photos in flight. */
async function measure(render: (path: string) => Promise<unknown>): Promise<{ cpuMs: number; wallMs: number }> {
  const queue = paths.values();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const work = async () => {
    for (const path of queue) await render(path);
  };
  await Promise.all([work(), work()]);
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000 / paths.length, wallMs: (performance.now() - start) / paths.length };
}

const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

await renderBare(paths[0] ?? '');
await renderImage(paths[0] ?? '');
const ratios: number[] = [];
for (let round = 1; round <= Number(values.rounds); round += 1) {
  const bare = await measure(renderBare);
  const ours = await measure((path) => renderImage(path));
  ratios.push(ours.cpuMs / bare.cpuMs);
  const show = ({ cpuMs, wallMs }: typeof bare) => `${cpuMs.toFixed(1)} ms CPU, ${wallMs.toFixed(1)} ms wall`;
  console.log(
    `round ${round}: bare ${show(bare)}; renderImage ${show(ours)}; ratio ${(ours.cpuMs / bare.cpuMs).toFixed(3)}`,
  );
}
console.log(`${paths.length} photos of ${megapixels} megapixels: CPU ratio to the floor ${median(ratios).toFixed(3)}`);
