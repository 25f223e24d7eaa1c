import { describe, expect, test } from 'vitest';
import { localZone, zoneOf } from './zone.ts';

const WALL_MS = Date.UTC(2026, 5, 2, 9);

describe('zoneOf', () => {
  test.each([
    ['UTC', 0],
    ['Z', 0],
    ['+08:00', 480],
    ['-0730', -450],
    ['+05', 300],
    ['Asia/Shanghai', 480],
    ['Asia/Kathmandu', 345],
    ['America/New_York', -240],
  ])('%s is %i minutes ahead of UTC in June', (name, minutes) => {
    expect(zoneOf(name)?.offsetMs(WALL_MS)).toBe(minutes * 60_000);
  });

  test.each(['Mars/Olympus', '+25:00', '+08:99', '', '8'])('"%s" is no zone', (name) => {
    expect(zoneOf(name)).toBeUndefined();
  });

  test('this machine has a zone', () => {
    expect(localZone().name).not.toBe('');
  });
});
