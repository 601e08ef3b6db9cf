import { expect, test } from 'vitest';
import { defaultPreferences, mergePreferences, parsePreferences, toStoredPreferences } from './preferences.ts';

test('a user who changed nothing has the defaults, and nothing is stored', () => {
  expect(parsePreferences(undefined)).toEqual(defaultPreferences);
  expect(toStoredPreferences(parsePreferences({}))).toEqual({});
});

test('an update changes the fields that it names, and only the difference from the defaults is stored', () => {
  const preferences = mergePreferences(parsePreferences({ tags: { enabled: true } }), {
    memories: { duration: 9 },
    tags: { sidebarWeb: true },
    people: { minimumFaces: 3 },
  });
  expect(preferences.memories).toEqual({ enabled: true, duration: 9, sidebarWeb: false });
  expect(preferences.tags).toEqual({ enabled: true, sidebarWeb: true });
  const stored = toStoredPreferences(preferences);
  expect(stored).toEqual({ memories: { duration: 9 }, tags: { enabled: true, sidebarWeb: true } });
  expect(parsePreferences(stored)).toEqual(preferences);
});

test('setting a field back to its default removes it from what is stored', () => {
  const preferences = mergePreferences(parsePreferences({ ratings: { enabled: true } }), {
    ratings: { enabled: false },
  });
  expect(toStoredPreferences(preferences)).toEqual({});
});

test('stored values with unknown names or wrong types are ignored', () => {
  const stored = { theme: 'dark', albums: 7, people: { minimumFaces: 'many', enabled: false } };
  expect(parsePreferences(stored)).toEqual({
    ...defaultPreferences,
    people: { ...defaultPreferences.people, enabled: false },
  });
});
