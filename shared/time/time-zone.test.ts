import { describe, expect, test } from 'vitest';
import { findInstant, findOffsetMinutes, nameOffset, toWallTime, utc } from './time-zone.ts';

const at = (text: string) => new Date(`${text}Z`);

describe('time zones', () => {
  test('are found by name and by offset', () => {
    const instant = at('2021-07-04T12:00:00.250');
    const zones = ['UTC', 'UTC+2', 'UTC-3:30', 'UTC+0', 'Asia/Kathmandu', 'Europe/Paris', 'America/New_York'];
    expect(zones.map((zone) => findOffsetMinutes(zone, instant))).toEqual([0, 120, -210, 0, 345, 120, -240]);
    expect(['', 'Nowhere/Here', 'UTC+', '7'].map((zone) => findOffsetMinutes(zone, instant))).toEqual(
      Array(4).fill(undefined),
    );
  });

  test('turn an instant into wall time and back', () => {
    expect(toWallTime(at('2021-01-04T12:00:00.250'), 'Europe/Paris')).toEqual(at('2021-01-04T13:00:00.250'));
    expect(findInstant(at('2021-01-04T13:00:00.250'), 'Europe/Paris')).toEqual(at('2021-01-04T12:00:00.250'));
    expect(findInstant(at('1969-07-20T20:17:40.999'), 'America/Chicago')).toEqual(at('1969-07-21T01:17:40.999'));
  });

  test('choose an instant for an hour that clocks skip or repeat', () => {
    expect(findInstant(at('2021-03-28T02:30:00'), 'Europe/Paris')).toEqual(at('2021-03-28T01:30:00'));
    expect(findInstant(at('2021-10-31T02:30:00'), 'Europe/Paris')).toEqual(at('2021-10-31T00:30:00'));
    expect(findInstant(at('2021-03-28T03:00:00'), 'Europe/Paris')).toEqual(at('2021-03-28T01:00:00'));
    expect(findInstant(at('2021-11-07T01:30:00'), 'America/New_York')).toEqual(at('2021-11-07T05:30:00'));
    expect(findInstant(at('2021-03-14T02:30:00'), 'America/New_York')).toEqual(at('2021-03-14T07:30:00'));
  });

  test('are named by their offset', () => {
    expect([0, 120, -210, 20, -20, -720, 825].map(nameOffset)).toEqual([
      'UTC',
      'UTC+2',
      'UTC-3:30',
      'UTC+0:20',
      'UTC-0:20',
      'UTC-12',
      'UTC+13:45',
    ]);
    expect([960, -960, 1.5, Number.NaN].map(nameOffset)).toEqual(Array(4).fill(undefined));
    for (const offset of [0, 120, -210, 20, -20, -720]) {
      expect(findOffsetMinutes(nameOffset(offset) ?? '', new Date(0))).toBe(offset);
    }
  });

  test('reject dates that do not exist', () => {
    expect(utc(2020, 2, 29)).toBe(Date.UTC(2020, 1, 29));
    expect(new Date(utc(33, 4, 3)).toISOString()).toBe('0033-04-03T00:00:00.000Z');
    expect([utc(2021, 2, 29), utc(2021, 13, 1), utc(2021, 1, 1, 24), utc(2021, 1, 1, 0, 60)]).toEqual(
      Array(4).fill(Number.NaN),
    );
  });
});
