/** Rows under headings, in columns as wide as their widest cell. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map(toCell));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column]))));
  return lines
    .map((line) => line.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell))).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Removes line breaks and control characters: file names and reasons are untrusted. */
function toCell(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

const segmenter = new Intl.Segmenter();

function widthOf(cell = ''): number {
  return [...segmenter.segment(cell)].length;
}
