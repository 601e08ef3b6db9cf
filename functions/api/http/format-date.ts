/** UTC with a written offset and without trailing zeros of the second, as in albums and `exifInfo`: `2012-08-05T11:39:59+00:00`. */
export function formatWithOffset(date: Date): string {
  const text = date.toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}+00:00` : text.replace(/0*Z$/, '+00:00');
}
