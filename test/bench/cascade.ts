import { rgbaToThumbHash } from 'thumbhash';
import { sharp } from '#shared/media/sharp.ts';

const outside = { fit: 'outside', withoutEnlargement: true } as const;

/** The floor of rendering: one shrinking decode of the file at `path`, and every output from its pixels; writes nothing. */
export async function renderCascade(path: string): Promise<void> {
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
