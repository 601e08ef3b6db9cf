import * as live from '#shared/live/live.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof live> = {
  tellLive: (db) => live.tellLive(db, [{ userId: '7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11', event: 'on_asset_trash' }]),
};
