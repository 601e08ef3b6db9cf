import { decline } from './declined.ts';

/**
 * The name of an ICC profile. Declines profiles with names in several languages.
 * @see ICC.1:2022 sections 9.2.41 and 10.15, ICC.1:2001-04 section 6.5.17
 */
export function readProfileDescription(icc: Buffer): string | undefined {
  const count = icc.readUInt32BE(128);
  if (count > 100) decline('an odd colour profile');
  for (let index = 0; index < count; index += 1) {
    const entry = 132 + index * 12;
    if (icc.toString('latin1', entry, entry + 4) !== 'desc') continue;
    const start = icc.readUInt32BE(entry + 4);
    return readDescription(icc.subarray(start, start + icc.readUInt32BE(entry + 8)));
  }
  return undefined;
}

function readDescription(data: Buffer): string {
  const type = data.toString('latin1', 0, 4);
  if (type === 'desc') return checked(data.toString('latin1', 12, 12 + data.readUInt32BE(8)).replace(/\0.*$/s, ''));
  const isOneLanguage = type === 'mluc' && data.readUInt32BE(8) === 1 && data.readUInt32BE(12) === 12;
  if (!isOneLanguage || data.toString('latin1', 16, 20) !== 'enUS') decline('a colour profile in other languages');
  const [length, start] = [data.readUInt32BE(20), data.readUInt32BE(24)];
  if (length % 2 === 1 || start + length > data.length) decline('an odd colour profile');
  return checked(
    Buffer.from(data.subarray(start, start + length))
      .swap16()
      .toString('utf16le')
      .replace(/\0.*$/s, ''),
  );
}

function checked(text: string): string {
  return /^[ -~]*[A-Za-z][ -~]*$/.test(text) && !text.startsWith('(') ? text.trim() : decline('an odd colour profile');
}
