import { describe, expect, test } from 'vitest';
import { isOwn, OwnQueue, ownRecordOfLine } from './own-records.ts';

const line = (fields: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ level: 40, time: '2026-01-02T03:04:05.678Z', msg: 'said', ...fields });

describe('own records', () => {
  test('a queue takes its length, and counts what is more', () => {
    const queue = new OwnQueue<number>(2);
    for (const item of [1, 2, 3, 4]) queue.add(item);
    expect(queue.take()).toEqual([1, 2]);
    expect(queue.takeDropped()).toBe(2);
    expect(queue.takeDropped()).toBe(0);
    queue.add(5);
    expect(queue.take()).toEqual([5]);
  });

  test('a line of the log is a record', () => {
    const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
    const err = { type: 'Error', message: 'broken', stack: 'Error: broken\n  at x' };
    expect(ownRecordOfLine(line({ waitMs: 5, isIt: true, list: [1], trace, err }))).toEqual({
      timeNs: 1_767_323_045_678_000_000n,
      severity: 13,
      body: 'said',
      trace,
      attributes: {
        waitMs: 5,
        isIt: true,
        list: '[1]',
        'exception.type': 'Error',
        'exception.message': 'broken',
        'exception.stacktrace': 'Error: broken\n  at x',
      },
    });
  });

  test.each([
    [20, 5],
    [30, 9],
    [50, 17],
    [60, 21],
  ])('level %i is severity %i', (level, severity) => {
    expect(ownRecordOfLine(line({ level }))?.severity).toBe(severity);
  });

  test('a field that is not what it usually is does no harm', () => {
    expect(ownRecordOfLine(line({ err: 'text', trace: 7, msg: null }))).toMatchObject({ body: '' });
    expect(ownRecordOfLine(line({ level: 'high' }))).toBeUndefined();
  });

  test('what is said of an insert of own records alone is not one', () => {
    expect(ownRecordOfLine(line({ sources: ['tendril', 'tendril/traces'] }))).toBeUndefined();
    expect(ownRecordOfLine(line({ sources: ['tendril', 'syslog'] }))?.body).toBe('said');
    expect(isOwn(['tendril'])).toBe(true);
  });
});
