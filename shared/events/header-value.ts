/**
 * An attribute as a header may carry it: everything but printable ASCII, and space, `"` and `%`, is percent-encoded.
 * @see CloudEvents HTTP Protocol Binding 1.0.2, section 3.1.3.2
 */
export function encodeHeaderValue(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\u0021\u0023\u0024\u0026-\u007e]/gu, (character) => encodeURIComponent(character));
}

/** The attribute that a header carries; text that is not well-formed stays as it is. */
export function decodeHeaderValue(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
