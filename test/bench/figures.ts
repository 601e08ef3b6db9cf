export interface Figure {
  name: string;
  unit: string;
  /** One of each round, in the order they were measured. */
  values: readonly number[];
  aim?: { atMost: number } | { atLeast: number } | undefined;
}

/** The middle value; the mean of the two in the middle of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** The value that `share` (0 to 1) of all values do not pass. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}

/** Whether the median keeps the aim; undefined where there is none. */
function keepsAim({ values, aim }: Figure): boolean | undefined {
  if (aim === undefined) return undefined;
  return 'atMost' in aim ? median(values) <= aim.atMost : median(values) >= aim.atLeast;
}

/** `name  median unit (min to max)  aim`, as a line of text. */
export function formatFigure(figure: Figure): string {
  const [name, value, range, aim, verdict] = cellsOf(figure);
  return [String(name).padEnd(62), String(value).padStart(14), range, aim, verdict]
    .filter((it) => it !== '')
    .join('  ');
}

/** The figures as a Markdown table. */
export function toMarkdown(figures: readonly Figure[]): string {
  const head = ['figure', 'median', 'min to max', 'aim', ''];
  const rows = [head, head.map(() => '---'), ...figures.map(cellsOf)];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cellsOf(figure: Figure): string[] {
  const { name, unit, values, aim } = figure;
  const range = values.length < 2 ? '' : `${formatNumber(Math.min(...values))} to ${formatNumber(Math.max(...values))}`;
  const kept = keepsAim(figure);
  return [
    name,
    `${formatNumber(median(values))} ${unit}`.trim(),
    range,
    aim === undefined ? '' : 'atMost' in aim ? `at most ${aim.atMost}` : `at least ${aim.atLeast}`,
    kept === undefined ? '' : kept ? 'kept' : 'missed',
  ];
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
