import { describe, expect, test } from 'vitest';
import type { ScanFile } from '#shared/scans/scan-file.ts';
import { compareFolder } from './compare-folder.ts';
import type { FileFacts, Listing } from './directory-listing.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const after = (seconds: number) => ({ at: new Date(start + seconds * 1000), settleMs: 10_000 });
const facts = (more: Partial<FileFacts> = {}): FileFacts => ({
  name: 'a.jpg',
  sizeBytes: 5,
  version: '1-5',
  ctimeNs: 1n,
  inode: 7n,
  ...more,
});
const listing = (files: FileFacts[], more: Partial<Listing> = {}): Listing => ({
  outcome: 'listed',
  facts: { mtimeNs: 0n, ctimeNs: 0n },
  folders: [],
  files,
  refused: [],
  unknown: [],
  passedOver: { ignored: 0, excluded: 0, links: 0, unsupported: 0 },
  ...more,
});

/** Compares listings, given as [seconds, files], one after the other, and keeps the rows as the database does. */
function watch(...looks: readonly [seconds: number, files: FileFacts[], more?: Partial<Listing>][]) {
  let rows: ScanFile[] = [];
  let last = compareFolder(1, [], listing([]), after(0));
  for (const [seconds, files, more] of looks) {
    last = compareFolder(1, rows, listing(files, more), after(seconds));
    const touched = new Set([...last.save.map((it) => it.name), ...last.forget]);
    rows = [...rows.filter((it) => !touched.has(it.name)), ...last.save];
  }
  return { rows, last, states: Object.fromEntries(rows.map((it) => [it.name, it.state])) };
}

describe('a new file', () => {
  test('is reported when it was the same in two listings ten seconds apart', () => {
    expect(watch([0, [facts()]]).states).toEqual({ 'a.jpg': 'settling' });
    expect(watch([0, [facts()]], [9, [facts()]]).last.settled).toEqual([]);
    expect(watch([0, [facts()]], [10, [facts()]]).last.settled).toMatchObject([{ name: 'a.jpg', version: '1-5' }]);
    expect(watch([0, [facts()]], [10, [facts()]], [20, [facts()]]).last.settled).toEqual([]);
  });

  test.each([
    ['size', { sizeBytes: 6, version: '1-6' }],
    ['time', { version: '2-5' }],
    ['change time', { ctimeNs: 2n }],
    ['inode', { inode: 8n }],
  ])('starts to settle again when its %s changes', (_, change) => {
    const grown = facts(change);
    expect(watch([0, [facts()]], [10, [grown]]).last.settled).toEqual([]);
    expect(watch([0, [facts()]], [10, [grown]], [19, [grown]]).last.settled).toEqual([]);
    expect(watch([0, [facts()]], [10, [grown]], [20, [grown]]).last.settled).toHaveLength(1);
  });

  test('does not settle while it is empty', () => {
    const empty = facts({ sizeBytes: 0, version: '1-0' });
    expect(watch([0, [empty]], [10, [empty]], [99_999, [empty]]).last.settled).toEqual([]);
    expect(watch([0, [empty]], [10, [empty]], [20, [facts()]], [30, [facts()]]).last.settled).toHaveLength(1);
  });

  test('starts to settle again when the clock goes backwards', () => {
    expect(watch([1000, [facts()]], [0, [facts()]]).last.settled).toEqual([]);
    expect(watch([1000, [facts()]], [0, [facts()]], [10, [facts()]]).last.settled).toHaveLength(1);
  });

  test('that is gone before it was reported is forgotten', () => {
    expect(watch([0, [facts()]], [10, []]).rows).toEqual([]);
  });

  test('starts to settle again when its facts could not be read', () => {
    const unknown = { unknown: ['a.jpg'] };
    expect(watch([0, [facts()]], [9, [], unknown], [18, [facts()]]).last.settled).toEqual([]);
    expect(watch([0, [facts()]], [9, [], unknown], [19, [facts()]]).last.settled).toHaveLength(1);
  });
});

describe('a reported file', () => {
  const reported: [number, FileFacts[]][] = [
    [0, [facts()]],
    [10, [facts()]],
  ];

  test('that is the same causes no write', () => {
    expect(watch(...reported, [20, [facts()]]).last).toMatchObject({ save: [], settled: [], forget: [] });
  });

  test('that is written to is reported again once it has settled', () => {
    const edited = facts({ version: '2-9', sizeBytes: 9 });
    const looks: [number, FileFacts[]][] = [...reported, [20, [edited]]];
    expect(watch(...looks).last.settled).toEqual([]);
    expect(watch(...looks, [30, [edited]]).last.settled).toMatchObject([{ version: '2-9' }]);
  });

  test('whose mode changed or that was moved to another disk is not reported again', () => {
    const { last, rows } = watch(...reported, [20, [facts({ ctimeNs: 9n, inode: 9n })]]);
    expect(last.settled).toEqual([]);
    expect(rows).toMatchObject([{ state: 'reported', ctimeNs: 9n, inode: 9n }]);
  });

  test('that is not listed is missing since then, and is not reported when it is back', () => {
    const gone = watch(...reported, [20, []], [30, []]);
    expect(gone.rows).toMatchObject([{ state: 'missing', missingSince: after(20).at }]);
    expect(gone.last.save).toEqual([]);
    const back = watch(...reported, [20, []], [30, [facts({ inode: 9n, ctimeNs: 9n })]]);
    expect(back.rows).toMatchObject([{ state: 'reported', missingSince: null }]);
    expect(back.last).toMatchObject({ settled: [], counts: { returned: 1 } });
  });

  test('whose facts could not be read stays as it was', () => {
    expect(watch(...reported, [20, [], { unknown: ['a.jpg'] }]).states).toEqual({ 'a.jpg': 'reported' });
  });

  test('that changes and is gone before it has settled is missing, not forgotten', () => {
    expect(watch(...reported, [20, [facts({ version: '2-9' })]], [30, []]).states).toEqual({ 'a.jpg': 'missing' });
  });

  test('that was removed and is back is reported again', () => {
    const { rows } = watch(...reported, [20, []]);
    const removed = rows.map((it) => ({ ...it, state: 'removed' as const }));
    const back = compareFolder(1, removed, listing([facts()]), after(30));
    expect(back.save).toMatchObject([{ state: 'settling', observedAt: after(30).at }]);
    expect(compareFolder(1, back.save, listing([facts()]), after(40)).settled).toHaveLength(1);
    expect(compareFolder(1, removed, listing([]), after(30)).save).toEqual([]);
  });
});

test('a file whose name changes its case is another file', () => {
  const { states } = watch([0, [facts()]], [10, [facts()]], [20, [facts({ name: 'A.jpg' })]]);
  expect(states).toEqual({ 'a.jpg': 'missing', 'A.jpg': 'settling' });
});

test('a refused name is kept with its reason, and removed when the file is gone', () => {
  const refused = [{ name: 'a\\xff.jpg', reason: 'its name is not valid UTF-8' }];
  const kept = watch([0, [], { refused }]);
  expect(kept.rows).toMatchObject([{ state: 'refused', reason: 'its name is not valid UTF-8' }]);
  expect(watch([0, [], { refused }], [10, [], { refused }]).last.save).toEqual([]);
  expect(watch([0, [], { refused }], [10, []]).rows).toEqual([]);
});
