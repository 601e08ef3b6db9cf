/** Towns of the world in one block of bytes that is searched without parsing: sorted by cells of one degree. */
export interface PlaceTable {
  /** Index of the first town of each cell, and one more entry for the end. */
  readonly cellStarts: Uint32Array;
  /** Hundred-thousandths of a degree. */
  readonly latitudes: Int32Array;
  readonly longitudes: Int32Array;
  /** Byte positions in `names`, and one more entry for the end. */
  readonly nameStarts: Uint32Array;
  readonly regionIndexes: Uint16Array;
  /** UTF-8, without separators. */
  readonly names: Uint8Array;
  readonly regions: readonly PlaceRegion[];
}

export interface PlaceRegion {
  /** ISO 3166-1 alpha-2. */
  countryCode: string;
  state: string | null;
}

export interface Town extends PlaceRegion {
  name: string;
  latitude: number;
  longitude: number;
}

/** Units of the table in one degree. */
export const unitsPerDegree = 100_000;

const cellRows = 180;
const cellColumns = 360;
const magic = 0x31504b44;

/** The cell of a position in degrees; rows run from south to north, columns from west to east and wrap. */
export function cellOf(latitude: number, longitude: number): { row: number; column: number; index: number } {
  const row = Math.min(cellRows - 1, Math.max(0, Math.floor(latitude) + 90));
  const column = (((Math.floor(longitude) + 180) % cellColumns) + cellColumns) % cellColumns;
  return { row, column, index: row * cellColumns + column };
}

/** The result does not depend on the order of `towns`. */
export function encodePlaceTable(towns: readonly Town[]): Uint8Array {
  const regions = [...new Set(towns.map(regionLine))].sort();
  const regionIndex = new Map(regions.map((line, index) => [line, index]));
  const sorted = towns
    .map((town) => ({ town, cell: cellOf(town.latitude, town.longitude).index }))
    .sort((a, b) => a.cell - b.cell || compare(sortKey(a.town), sortKey(b.town)));
  const cellStarts = new Uint32Array(cellRows * cellColumns + 1);
  for (const { cell } of sorted) cellStarts[cell + 1] = (cellStarts[cell + 1] ?? 0) + 1;
  for (let cell = 0; cell + 1 < cellStarts.length; cell += 1) {
    cellStarts[cell + 1] = (cellStarts[cell + 1] ?? 0) + (cellStarts[cell] ?? 0);
  }
  const names = sorted.map(({ town }) => Buffer.from(town.name));
  const nameStarts = new Uint32Array(sorted.length + 1);
  for (const [index, name] of names.entries()) nameStarts[index + 1] = (nameStarts[index] ?? 0) + name.length;
  const units = (degrees: number) => Math.round(degrees * unitsPerDegree);
  const sections = [
    cellStarts,
    Int32Array.from(sorted, ({ town }) => units(town.latitude)),
    Int32Array.from(sorted, ({ town }) => units(town.longitude)),
    nameStarts,
    Uint16Array.from(sorted, ({ town }) => regionIndex.get(regionLine(town)) ?? 0),
    Buffer.concat(names),
    Buffer.from(regions.join('\n')),
  ].map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength));
  const header = Uint32Array.of(magic, ...sections.map((section) => section.length));
  return Buffer.concat([Buffer.from(header.buffer), ...sections.map(padded)]);
}

/** Lays the table over `bytes`, which must start at a multiple of four. @throws a RangeError for other bytes */
export function decodePlaceTable(bytes: Uint8Array): PlaceTable {
  const header = new Uint32Array(bytes.buffer, bytes.byteOffset, 8);
  if (header[0] !== magic) throw new RangeError('Not a table of places');
  let at = bytes.byteOffset + header.byteLength;
  const take = (section: number): [buffer: ArrayBufferLike, offset: number, length: number] => {
    const length = header[section] ?? 0;
    const start = at;
    at += length + (-length & 3);
    return [bytes.buffer, start, length];
  };
  const take32 = (section: number): [buffer: ArrayBufferLike, offset: number, length: number] => {
    const [buffer, offset, length] = take(section);
    return [buffer, offset, length / 4];
  };
  const cellStarts = new Uint32Array(...take32(1));
  const latitudes = new Int32Array(...take32(2));
  const longitudes = new Int32Array(...take32(3));
  const nameStarts = new Uint32Array(...take32(4));
  const [regionBuffer, regionOffset, regionLength] = take(5);
  const regionIndexes = new Uint16Array(regionBuffer, regionOffset, regionLength / 2);
  const names = new Uint8Array(...take(6));
  const regions = Buffer.from(...take(7))
    .toString()
    .split('\n')
    .map(parseRegion);
  return { cellStarts, latitudes, longitudes, nameStarts, regionIndexes, names, regions };
}

function regionLine({ countryCode, state }: PlaceRegion): string {
  return `${countryCode}\t${state ?? ''}`;
}

function parseRegion(line: string): PlaceRegion {
  const [countryCode = '', state = ''] = line.split('\t');
  return { countryCode, state: state === '' ? null : state };
}

function sortKey({ latitude, longitude, name }: Town): string {
  return `${latitude}/${longitude}/${name}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function padded(section: Buffer): Buffer {
  return Buffer.concat([section, Buffer.alloc(-section.length & 3)]);
}
