import { defaults, types } from 'pg';

// By default pg writes a time in the local zone without the seconds of its UTC offset, which historic offsets have.
defaults.parseInputDatesAsUTC = true;

type Format = 'text' | 'binary';

/**
 * The mapping of column types to JavaScript on both databases: int8 and numeric as numbers (every count and size here
 * is below 2^53), date as text. All other types have pg's default.
 */
const own: Readonly<Record<number, (text: string) => unknown>> = {
  [types.builtins.INT8]: Number,
  [types.builtins.NUMERIC]: Number,
  [types.builtins.DATE]: (text) => text,
};

export function parserOf(oid: number, format?: Format): unknown {
  return own[oid] ?? defaultParser(oid, format);
}

function defaultParser(oid: number, format?: Format): unknown {
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum names only the built-in types
  const typeId = oid as Parameters<typeof types.getTypeParser>[0];
  return format === 'binary' ? types.getTypeParser(typeId, 'binary') : types.getTypeParser(typeId, 'text');
}
