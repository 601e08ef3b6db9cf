import { DarkroomError } from '#shared/errors/errors.ts';
import type { ByteRange } from '#shared/store/store.ts';

/**
 * The single range that a Range header requests of `sizeBytes`. undefined for no header, another unit, several ranges or
 * an invalid header: the response is then the whole object.
 * @throws range/not-satisfiable
 * @see RFC 9110, section 14.1.2
 */
export function parseByteRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.replaceAll(/\s/g, '') ?? '');
  const [first = '', last = ''] = match?.slice(1) ?? [];
  if (first === '' && last === '') return undefined;
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  if (start > end || (first === '' && Number(last) === 0)) throw new DarkroomError('range/not-satisfiable');
  return { start, end };
}
