const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** How long ago, in the largest unit that fits: `3 d`, `5 min`. */
export function formatAge(date: Date, now = Date.now()): string {
  const ageMs = Math.max(0, now - date.getTime());
  const [unit, unitMs] = units.find(([, it]) => ageMs >= it) ?? ['s', 1000];
  return `${Math.floor(ageMs / unitMs)} ${unit}`;
}
