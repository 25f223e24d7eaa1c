import { describe, expect, test } from 'vitest';
import { Availability } from './availability.ts';

describe('availability', () => {
  test('tells listeners of changes only, until they stop', () => {
    const availability = new Availability();
    const states: string[] = [];
    const stop = availability.onChange((state) => states.push(state));
    availability.set('ready');
    availability.set('ready');
    availability.set('away', 'no answer');
    stop();
    availability.set('ready');
    expect(states).toEqual(['ready', 'away']);
  });

  test('remembers why it is not there', () => {
    const availability = new Availability();
    availability.set('away', 'no answer');
    expect(availability.reason()).toBe(': no answer');
    availability.set('ready');
    expect(availability.reason()).toBe('');
  });

  test('waits until it is ready', async () => {
    const availability = new Availability();
    const waiting = availability.whenReady(60_000);
    availability.set('away');
    availability.set('ready');
    expect(await waiting).toBe(true);
    expect(await availability.whenReady(0)).toBe(true);
  });

  test('does not wait beyond its time, nor beyond the signal', async () => {
    const availability = new Availability();
    expect(await availability.whenReady(0)).toBe(false);
    expect(await availability.whenReady(60_000, AbortSignal.abort())).toBe(false);
    const stop = new AbortController();
    const waiting = availability.whenReady(60_000, stop.signal);
    stop.abort();
    expect(await waiting).toBe(false);
  });
});
