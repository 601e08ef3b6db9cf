/**
 * Encodes an attribute for a header: everything except printable ASCII, and also space, `"` and `%`, is
 * percent-encoded.
 * @see CloudEvents HTTP Protocol Binding 1.0.2, section 3.1.3.2
 */
export function encodeHeaderValue(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\u0021\u0023\u0024\u0026-\u007e]/gu, (character) => encodeURIComponent(character));
}

/** Decodes the attribute of a header; malformed text is returned unchanged. */
export function decodeHeaderValue(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
