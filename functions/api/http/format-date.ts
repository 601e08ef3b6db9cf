/** In UTC with the offset written out and no more digits of a second than it has, as clients know the dates of albums and of `exifInfo`: `2012-08-05T11:39:59+00:00`. */
export function formatWithOffset(date: Date): string {
  const text = date.toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}+00:00` : text.replace(/0*Z$/, '+00:00');
}
