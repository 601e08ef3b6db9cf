const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
let windows1252: InstanceType<typeof TextDecoder> | undefined;

/**
 * Text of a field that does not name its character set. It is UTF-8 if there is one letter in it that only UTF-8 has,
 * also where it was cut inside of a letter; else Windows-1252, which most programs wrote before.
 */
export function decodeText(bytes: Uint8Array): string {
  const text = utf8.decode(bytes);
  if (!text.includes('\uFFFD')) return text;
  if (/(?!\uFFFD)\P{ASCII}/u.test(text)) return text.replace(/\uFFFD+$/u, '');
  windows1252 ??= new TextDecoder('windows-1252');
  return windows1252.decode(bytes);
}
