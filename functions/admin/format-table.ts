/** Rows under headings, in columns as wide as what stands in them. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map(toCell));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column]))));
  return lines
    .map((line) => line.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell))).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** In one line, and without what would move the cursor: file names and reasons are not ours. */
function toCell(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

const segmenter = new Intl.Segmenter();

function widthOf(cell = ''): number {
  return [...segmenter.segment(cell)].length;
}
