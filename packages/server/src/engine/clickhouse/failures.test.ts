import { ClickHouseError } from '@clickhouse/client';
import { describe, expect, test } from 'vitest';
import { failureOf, failureOfMessage } from './failures.ts';

const engineError = (code: string, message = 'why'): ClickHouseError =>
  new ClickHouseError({ code, type: 'TYPE', message });
const networkError = (code: string): Error => Object.assign(new Error('socket hang up'), { code });

describe('failures', () => {
  test.each([
    ['insert', '33', 'insert_refused'],
    ['insert', '241', 'insert_failed'],
    ['insert', '159', 'insert_failed'],
    ['insert', '60', 'insert_failed'],
    ['insert', '252', 'engine_busy'],
    ['insert', '243', 'engine_busy'],
    ['insert', '210', 'engine_away'],
    ['insert', '236', 'engine_away'],
    ['insert', '516', 'engine_unauthorized'],
    ['insert', '99999', 'insert_failed'],
    ['query', '241', 'query_too_large'],
    ['query', '159', 'query_timeout'],
    ['query', '394', 'query_cancelled'],
    ['query', '62', 'bad_query'],
    ['query', '99999', 'bad_query'],
    ['query', '202', 'engine_busy'],
    ['command', '57', 'bad_query'],
  ] as const)('of %s with code %s are %s', (operation, number, code) => {
    expect(failureOf(operation, engineError(number))).toMatchObject({
      code,
      params: { engineCode: Number(number), engineType: 'TYPE' },
    });
  });

  test('tell too many partitions, which is of the data, from too many parts, which passes', () => {
    const error = engineError(
      '252',
      'Too many partitions for single INSERT block (more than 1000)',
    );
    expect(failureOf('insert', error).code).toBe('insert_refused');
  });

  test.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])(
    'of the network (%s) say that the engine is away',
    (code) => {
      expect(failureOf('query', networkError(code)).code).toBe('engine_away');
    },
  );

  test('of a proxy before the engine are not taken for its absence', () => {
    expect(failureOf('query', new Error('<html>413 Request Entity Too Large</html>')).code).toBe(
      'bad_query',
    );
    expect(failureOf('insert', new Error('<html>413</html>')).code).toBe('insert_failed');
  });

  test('in the middle of an answer are read from its text', () => {
    const message =
      'Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED) (version 26.7)';
    expect(failureOfMessage('query', message)).toMatchObject({
      code: 'query_too_large',
      params: { engineCode: 241, engineType: 'MEMORY_LIMIT_EXCEEDED' },
    });
  });

  test('do not carry whole statements', () => {
    const failure = failureOf('query', engineError('62', 'x'.repeat(100_000)));
    expect(failure.message.length).toBeLessThan(3_000);
  });
});
