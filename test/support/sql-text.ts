const opening = new Set(['select', 'insert', 'update', 'delete', 'with']);
const clauses = new Set([
  'from',
  'where',
  'and',
  'or',
  'group',
  'having',
  'order',
  'limit',
  'offset',
  'union',
  'on conflict',
  'set',
  'values',
  'returning',
  'for',
  'inner',
  'left',
  'right',
  'cross',
  'join',
  'select',
  'insert',
  'update',
  'delete',
]);
const joins = new Set(['inner', 'left', 'right', 'cross']);
/** Words that stay on the line of the preceding word, if that matches. */
const followsOn: Record<string, (before: string) => boolean> = {
  from: (before) => before === 'distinct' || before === 'delete',
  join: (before) => joins.has(before),
  update: (before) => before === 'for' || before === 'do',
  select: (before) => before === 'all' || before === '(',
  insert: (before) => before === '(',
  delete: (before) => before === '(',
};

/** A parenthesis with a statement has its clauses on separate lines; any other stays on one line. */
interface Level {
  isStatement: boolean;
  /** The number of open `case` and `between`, whose words and `and` do not break a line. */
  cases: number;
  betweens: number;
}

/** Formats compiled SQL for review: the same words, each clause on its own line. */
export function formatSql(compiled: string): string {
  const tokens = compiled.match(/on\s+conflict\b|'(?:[^']|'')*'|"(?:[^"]|"")*"|\s+|[\w$]+|[()]|[^\s\w$'"()]+/g) ?? [];
  const levels: Level[] = [{ isStatement: true, cases: 0, betweens: 0 }];
  let text = '';
  let before = '';
  for (const token of tokens) {
    const word = token.toLowerCase().replace(/\s+/, ' ');
    const level = levels.at(-1);
    if (level === undefined) throw new Error(`More parentheses are closed than opened: ${compiled}`);
    if (word === ' ') {
      if (!/\s$/.test(text)) text += ' ';
      continue;
    }
    if (before === '(' && opening.has(word)) {
      level.isStatement = true;
      text = lineBreak(text, levels);
    } else if (isClause(word, before, level)) {
      text = lineBreak(text, levels);
    }
    count(word, level);
    if (token === '(') levels.push({ isStatement: false, cases: 0, betweens: 0 });
    if (token === ')') {
      levels.pop();
      if (level.isStatement) text = lineBreak(text, levels);
    }
    text += token;
    before = word;
  }
  return text.trim();
}

function isClause(word: string, before: string, level: Level): boolean {
  if (!level.isStatement || level.cases > 0 || !clauses.has(word)) return false;
  if (word === 'and' && level.betweens > 0) return false;
  return before !== '' && !(followsOn[word]?.(before) ?? false);
}

function count(word: string, level: Level): void {
  if (word === 'case') level.cases++;
  if (word === 'end' && level.cases > 0) level.cases--;
  if (word === 'between') level.betweens++;
  if (word === 'and' && level.betweens > 0) level.betweens--;
}

function lineBreak(text: string, levels: readonly Level[]): string {
  const depth = levels.slice(1).filter((it) => it.isStatement).length;
  return `${text.trimEnd()}\n${'  '.repeat(depth)}`;
}
