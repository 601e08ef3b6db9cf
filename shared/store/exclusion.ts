import { DarkroomError } from '#shared/errors/errors.ts';

/** How many patterns the braces of one pattern may expand to. */
const alternativesMax = 100;

/**
 * Returns a predicate that is true for paths matched by one of a library's exclusion patterns: globs over the absolute
 * path, ignoring case and Unicode normalization form. `*` and `?` stay within a name, `**` as a whole name is any
 * number of folders, `[a-z]`, `[!a]` and `{a,b}` work as in a shell, `\` escapes the next character. `folder/**`
 * matches the folder too. Matching takes time proportional to the length of path times pattern, for any pattern.
 * @throws input/invalid
 */
export function createExclusion(patterns: readonly string[]): (path: string) => boolean {
  const automata = patterns.filter((it) => it !== '').flatMap((it) => expandBraces(fold(it), it).map(compile));
  return (path) => {
    const folded = fold(path);
    return automata.some((states) => matches(states, folded));
  };
}

const fold = (text: string) => text.normalize('NFC').toLowerCase();

/**
 * A state of the automaton. `one` consumes one character and advances; `loops` consumes any number of characters,
 * including none; `folders` consumes whole names with their slash, and advances only after a slash; `below` ends the
 * pattern.
 */
type State = { kind: 'one' | 'loops'; takes: (character: string) => boolean } | { kind: 'folders' } | { kind: 'below' };

const inName = (character: string) => character !== '/';

function compile(pattern: string): State[] {
  const characters = Array.from(pattern);
  const states: State[] = [];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    const isNameStart = index === 0 || characters[index - 1] === '/';
    if (character === '\\' && index + 1 < characters.length) {
      index += 1;
      states.push(literal(characters[index] ?? ''));
    } else if (character === '/' && characters.slice(index).join('') === '/**') {
      return [...states, { kind: 'below' }];
    } else if (character === '*') {
      let end = index;
      while (characters[end + 1] === '*') end += 1;
      const isWholeName = isNameStart && end > index && (end + 1 === characters.length || characters[end + 1] === '/');
      index = end;
      if (isWholeName && end + 1 === characters.length) return [...states, { kind: 'loops', takes: () => true }];
      if (isWholeName) {
        states.push({ kind: 'folders' });
        index += 1;
      } else {
        if (isNameStart) states.push({ kind: 'one', takes: inName });
        states.push({ kind: 'loops', takes: inName });
      }
    } else if (character === '?') {
      states.push({ kind: 'one', takes: inName });
    } else if (character === '[') {
      const found = readClass(characters, index);
      states.push(found === undefined ? literal(character) : { kind: 'one', takes: found.takes });
      index = found?.end ?? index;
    } else {
      states.push(literal(character));
    }
  }
  return states;
}

function literal(expected: string): State {
  return { kind: 'one', takes: (character) => character === expected };
}

function readClass(characters: readonly string[], start: number) {
  const isNegated = characters[start + 1] === '!' || characters[start + 1] === '^';
  const first = start + (isNegated ? 2 : 1);
  const end = characters.indexOf(']', first + 1);
  if (end === -1) return undefined;
  const inside = characters.slice(first, end);
  const takes = (character: string) => {
    if (character === '/') return false;
    for (let index = 0; index < inside.length; index += 1) {
      const [from = '', dash, to] = inside.slice(index, index + 3);
      if (dash === '-' && to !== undefined) {
        if (from <= character && character <= to) return !isNegated;
        index += 2;
      } else if (from === character) return !isNegated;
    }
    return isNegated;
  };
  return { takes, end };
}

/** Simulates all states of the pattern at once instead of backtracking. */
function matches(states: readonly State[], path: string): boolean {
  let current = new Uint8Array(states.length + 1);
  reach(states, current, 0);
  let previous = '/';
  for (const character of path) {
    const next = new Uint8Array(states.length + 1);
    for (const [index, state] of states.entries()) {
      if (current[index] === 0) continue;
      if (state.kind === 'one' && state.takes(character)) reach(states, next, index + 1);
      else if (state.kind === 'loops' && state.takes(character)) reach(states, next, index);
      else if (state.kind === 'folders') {
        next[index] = 1;
        if (character === '/') reach(states, next, index + 1);
      } else if (state.kind === 'below' && (character === '/' || current[index] === 2)) {
        next[index] = 2;
        next[states.length] = 1;
      }
    }
    current = next;
    previous = character;
  }
  return current[states.length] === 1 && (previous !== '/' || path === '');
}

/** Marks a state, and the following states that can be reached without consuming a character. */
function reach(states: readonly State[], marks: Uint8Array, from: number): void {
  for (let index = from; index <= states.length; index += 1) {
    if (marks[index] !== 0) return;
    marks[index] = 1;
    const kind = states[index]?.kind;
    if (kind === 'below') marks[states.length] = 1;
    if (kind !== 'loops' && kind !== 'folders') return;
  }
}

/** `a{b,c}` as `ab` and `ac`; braces without a comma stay what they are. */
function expandBraces(pattern: string, given: string): string[] {
  const expanded: string[] = [];
  const waiting = [pattern];
  while (waiting.length > 0) {
    if (waiting.length + expanded.length > alternativesMax) {
      throw new DarkroomError('input/invalid', `${given} names more than ${alternativesMax} alternatives`);
    }
    const next = waiting.pop() ?? '';
    const parts = splitBraces(next);
    if (parts === undefined) expanded.push(next);
    else waiting.push(...parts);
  }
  return expanded;
}

/** Expands the first group that contains a comma. */
function splitBraces(pattern: string): string[] | undefined {
  for (let start = pattern.indexOf('{'); start !== -1; start = pattern.indexOf('{', start + 1)) {
    if (isEscaped(pattern, start)) continue;
    const commas: number[] = [];
    let depth = 0;
    for (let index = start; index < pattern.length; index += 1) {
      const character = isEscaped(pattern, index) ? '' : pattern[index];
      if (character === '{') depth += 1;
      else if (character === ',' && depth === 1) commas.push(index);
      else if (character === '}') depth -= 1;
      if (depth > 0 || commas.length === 0) {
        if (depth === 0) break;
        continue;
      }
      const ends = [...commas, index];
      return ends.map(
        (end, nth) =>
          pattern.slice(0, start) + pattern.slice((ends[nth - 1] ?? start) + 1, end) + pattern.slice(index + 1),
      );
    }
  }
  return undefined;
}

function isEscaped(pattern: string, index: number): boolean {
  let slashes = 0;
  while (pattern[index - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}
