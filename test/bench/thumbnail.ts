/**
 * CPU per photo of `renderImage` against the bare cascade: one shrinking decode, and everything else from its pixels.
 *   node test/bench/thumbnail.ts [--photos 30] [--rounds 4] [--megapixels 12]
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderImage } from '#shared/media/render-image.ts';
import { makeCameraPhotos } from '#test/fixtures/index.ts';
import { renderCascade } from './cascade.ts';
import { median } from './figures.ts';

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

await renderCascade(paths[0] ?? '');
await renderImage(paths[0] ?? '');
const ratios: number[] = [];
for (let round = 1; round <= Number(values.rounds); round += 1) {
  const bare = await measure(renderCascade);
  const ours = await measure((path) => renderImage(path));
  ratios.push(ours.cpuMs / bare.cpuMs);
  const show = ({ cpuMs, wallMs }: typeof bare) => `${cpuMs.toFixed(1)} ms CPU, ${wallMs.toFixed(1)} ms wall`;
  console.log(
    `round ${round}: bare ${show(bare)}; renderImage ${show(ours)}; ratio ${(ours.cpuMs / bare.cpuMs).toFixed(3)}`,
  );
}
console.log(`${paths.length} photos of ${megapixels} megapixels: CPU ratio to the floor ${median(ratios).toFixed(3)}`);
