const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
let windows1252: InstanceType<typeof TextDecoder> | undefined;

/**
 * Decodes a field without a declared character set. It is UTF-8 if it contains a valid multi-byte character, even if it
 * was truncated inside of another one; else Windows-1252, which most older programs wrote.
 */
export function decodeText(bytes: Uint8Array): string {
  const text = utf8.decode(bytes);
  if (!text.includes('\uFFFD')) return text;
  if (/(?!\uFFFD)\P{ASCII}/u.test(text)) return text.replace(/\uFFFD+$/u, '');
  windows1252 ??= new TextDecoder('windows-1252');
  return windows1252.decode(bytes);
}
