/**
 * How column types become JavaScript, the same for pg and PGlite: int8 and numeric as numbers (every count and size
 * here is below 2^53), date as its text, bytea as Buffer. All else is the driver's default, which is the same in both.
 */
export const oids = { bytea: 17, int8: 20, date: 1082, numeric: 1700 } as const;

export const textParsers: Readonly<Record<number, (text: string) => unknown>> = {
  [oids.int8]: Number,
  [oids.numeric]: Number,
  [oids.date]: (text) => text,
};
