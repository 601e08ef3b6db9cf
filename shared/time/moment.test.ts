import { describe, expect, test } from 'vitest';
import { momentAtInstant, momentAtWallTime } from './moment.ts';

const at = (text: string) => new Date(`${text}Z`);

describe('a moment', () => {
  test.each([
    ['2021-07-04T12:00:00.250', 'Europe/Paris', '2021-07-04T10:00:00.250'],
    ['2021-01-04T12:00:00', 'Europe/Paris', '2021-01-04T11:00:00'],
    ['2024-07-15T18:00:00', 'UTC-5:30', '2024-07-15T23:30:00'],
    ['2024-07-15T18:00:00', 'UTC-12', '2024-07-16T06:00:00'],
    ['1935-06-05T10:00:00', 'UTC+0:20', '1935-06-05T09:40:00'],
    ['2021-07-04T12:00:00', null, '2021-07-04T12:00:00'],
  ])('of the wall time %s in %s is the instant %s, and the other way round', (wallTime, timeZone, instant) => {
    const moment = { wallTime: at(wallTime), instant: at(instant), timeZone };
    expect(momentAtWallTime(moment.wallTime, timeZone)).toEqual(moment);
    expect(momentAtInstant(moment.instant, timeZone)).toEqual(moment);
  });

  test('in an hour that clocks skipped is moved after it', () => {
    expect(momentAtWallTime(at('2021-03-28T02:30:00'), 'Europe/Paris')).toEqual({
      wallTime: at('2021-03-28T03:30:00'),
      instant: at('2021-03-28T01:30:00'),
      timeZone: 'Europe/Paris',
    });
  });

  test('in an hour that clocks repeated is the first of the two', () => {
    expect(momentAtWallTime(at('2021-10-31T02:30:00'), 'Europe/Paris')).toMatchObject({
      wallTime: at('2021-10-31T02:30:00'),
      instant: at('2021-10-31T00:30:00'),
    });
  });

  test.each(['', 'Nowhere/Here', 'UTC+', 'UTC+16', 'UTC+99:99', '7', '+02:0'])('has no zone %j', (timeZone) => {
    expect(momentAtInstant(at('2021-07-04T12:00:00'), timeZone)).toBeUndefined();
    expect(momentAtWallTime(at('2021-07-04T12:00:00'), timeZone)).toBeUndefined();
  });

  test('lies in the years 1 to 9999, in UTC too', () => {
    const last = at('9999-12-31T23:30:00');
    expect(momentAtWallTime(last, 'UTC+1')).toMatchObject({ instant: at('9999-12-31T22:30:00') });
    expect(momentAtWallTime(last, 'UTC-1')).toBeUndefined();
    expect(momentAtInstant(last, 'UTC+1')).toBeUndefined();
    expect(momentAtWallTime(at('0001-01-01T00:30:00'), 'UTC+1')).toBeUndefined();
    expect(momentAtInstant(new Date(Number.NaN), null)).toBeUndefined();
    expect(momentAtInstant(new Date(Number.NaN), 'Europe/Paris')).toBeUndefined();
  });
});
