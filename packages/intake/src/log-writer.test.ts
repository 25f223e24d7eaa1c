import { describe, expect, test } from 'vitest';
import { KIND } from '@tendril/columns/json-path';
import { emptyAttributes, type Attributes, type AttributeValue } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';
import { encodedRows, logBatchFixture, type LogBatchFixture } from '@tendril/testkit/log-batches';
import { NEW_KEYS_PER_REQUEST_MAX } from './attribute-keys.ts';
import type { LogWriter } from './log-writer.ts';
import { createRedactor } from './redact/redactor.ts';

const NOW_NS = 1_795_232_758_539_421_494n;
const DAY_NS = 86_400_000_000_000n;
const redactor = createRedactor({ key: new Uint8Array(32) });

interface Written {
  readonly fixture: LogBatchFixture;
  readonly record: LogRecord;
  /** The row of `logs` by column. */
  readonly row: Record<string, unknown>;
}

function written(
  write: (writer: LogWriter) => void,
  limits: Parameters<typeof logBatchFixture>[0]['limits'] = {},
): Written {
  const fixture = logBatchFixture({ nowNs: NOW_NS, redactor, limits });
  fixture.writer.open(fixture.sink);
  fixture.writer.begin();
  write(fixture.writer);
  fixture.writer.end();
  const record = fixture.batch.record(0);
  const row = encodedRows(fixture.batch)['logs']?.[0] ?? {};
  return { fixture, record, row };
}

function withAttributes(attributes: Record<string, AttributeValue>): Written {
  return written((writer) => {
    for (const [name, value] of Object.entries(attributes)) writer.attribute(name, value);
  });
}

function attributesOf(values: Record<string, AttributeValue>): Attributes {
  return Object.assign(emptyAttributes(), values);
}

describe('messages that come again', () => {
  const messages = [
    'rpc server response success',
    '消息发送失败',
    'token=AKIAIOSFODNN7EXAMPLE',
    'password: hunter-two-three',
    'user 1001 came online',
    'x'.repeat(64),
    'x'.repeat(65),
    '\ud800 alone',
  ];

  test.each(messages)('are stored as the first time: %j', (message) => {
    const fixture = logBatchFixture({ nowNs: NOW_NS, redactor, limits: {} });
    fixture.writer.open(fixture.sink);
    for (const body of [message, 'something else', message, message]) {
      fixture.writer.begin();
      fixture.writer.body(body);
      fixture.writer.body('only the first counts');
      fixture.writer.end();
    }
    const [first, other, ...again] = (encodedRows(fixture.batch)['logs'] ?? []).map(
      ({ Body, PatternId, SkeletonId }) => ({ Body, PatternId, SkeletonId }),
    );
    expect(first?.Body).toBe(redactor.redactText(message) ?? message.toWellFormed());
    expect(other?.Body).toBe('something else');
    expect(again).toEqual([first, first]);
    expect(first?.PatternId).not.toBe(other?.PatternId);
  });
});

describe('times', () => {
  test.each([
    ['a day ahead', NOW_NS + DAY_NS],
    ['the first of 2000', 946_684_800_000_000_000n],
  ])('are believed up to %s', (_, timeNs) => {
    const { record } = written((writer) => writer.timeNs(timeNs));
    expect(record.timestamp).toBe(String(timeNs));
    expect(record.attributes).toEqual({});
  });

  test.each([
    ['more than a day ahead', NOW_NS + DAY_NS + 1n],
    ['before 2000', 946_684_799_999_999_999n],
    ['beyond 63 bits', 2n ** 63n + 5n],
  ])('%s are replaced by the observed time and kept as an attribute', (_, timeNs) => {
    const { record } = written((writer) => {
      writer.timeNs(timeNs);
      writer.observedTimeNs(NOW_NS - 5n);
    });
    expect(record.timestamp).toBe(String(NOW_NS - 5n));
    expect(record.attributes).toEqual({ 'tendril.original_timestamp': String(timeNs) });
  });

  test.each([
    ['missing', 0n],
    ['a day and more behind', NOW_NS - DAY_NS - 1n],
    ['a day and more ahead', NOW_NS + DAY_NS + 1n],
  ])('an observed time that is %s becomes the time of arrival', (_, observedNs) => {
    const { record } = written((writer) => writer.observedTimeNs(observedNs));
    expect(record.observedTimestamp).toBe(String(NOW_NS));
    expect(record.timestamp).toBe(String(NOW_NS));
    expect(record.attributes).toEqual({});
  });
});

describe('severity', () => {
  test.each([
    [0, 'warning', 13, 'warning'],
    [0, ' Info ', 9, ' Info '],
    [18, '', 18, 'ERROR'],
    [5, 'V2', 5, 'V2'],
    [0, 'odd', 0, 'odd'],
    [99, '', 0, ''],
    [0, '', 0, ''],
  ])('number %i and text "%s" are stored as %i, "%s"', (number, text, storedNumber, storedText) => {
    const { record } = written((writer) => writer.severity(number, text));
    expect(record).toMatchObject({ severityNumber: storedNumber, severityText: storedText });
  });
});

describe('domain columns', () => {
  test('take ids away from the attributes, and other values keep their place there too', () => {
    const { row } = withAttributes({
      operationID: 'op-1',
      trace_id: '5B8EFFF798038103D269B633813FC60C',
      spanID: 'eee19b7ec3c1b174',
      userID: 12_345,
      connID: 'c-9',
      conversationID: 'si_1_2',
      errCode: 1004,
      caller: 'msg/send.go:12',
      cost: '12.5ms',
      'log.record.original': 'the raw line',
    });
    expect(row).toMatchObject({
      OperationId: 'op-1',
      TraceId: '5b8efff798038103d269b633813fc60c',
      SpanId: 'eee19b7ec3c1b174',
      UserId: '12345',
      ConnectionId: 'c-9',
      ConversationId: 'si_1_2',
      ErrorCode: '1004',
      Caller: 'msg/send.go:12',
      DurationNs: 12_500_000n,
      Original: 'the raw line',
    });
    expect(row['Attributes']).toEqual({
      userID: 12_345n,
      connID: 'c-9',
      conversationID: 'si_1_2',
      errCode: 1004n,
      caller: 'msg/send.go:12',
      cost: '12.5ms',
    });
  });

  test('leave an id that is no such id, or comes second, among the attributes', () => {
    const { row } = withAttributes({
      operationID: 'op-1',
      opid: 'op-2',
      traceId: 'not hex',
      trace_id: '0'.repeat(32),
    });
    expect(row).toMatchObject({ OperationId: 'op-1', TraceId: '' });
    expect(row['Attributes']).toEqual({
      opid: 'op-2',
      traceId: 'not hex',
      trace_id: '0'.repeat(32),
    });
  });

  test("prefer the record's own trace id", () => {
    const own = 'ab'.repeat(16);
    const { row } = written((writer) => {
      writer.attribute('trace_id', 'cd'.repeat(16));
      writer.traceId(own);
    });
    expect(row['TraceId']).toBe(own);
    expect(row['Attributes']).toEqual({ trace_id: 'cd'.repeat(16) });
  });

  test.each([
    ['cost', '1m2.5s', 62_500_000_000n],
    ['latency', '300µs', 300_000n],
    ['duration_ms', 2.5, 2_500_000n],
    ['duration_ms', 7, 7_000_000n],
    ['elapsed', 12, 0n],
    ['duration', 'soon', 0n],
  ])('read the duration of %s %s', (key, value, ns) => {
    const { row } = withAttributes({ [key]: value });
    expect(row['DurationNs']).toBe(ns);
    const stored = Number.isSafeInteger(value) ? BigInt(value) : value;
    expect(row['Attributes']).toEqual({ [key]: stored });
  });
});

describe('redaction', () => {
  test('covers bodies, attributes by key and by shape, arrays, numbers and the original', () => {
    const { row, fixture } = written((writer) => {
      writer.body('login password=hunter2 ok');
      writer.original('raw password=hunter2');
      writer.attribute('password', 'hunter2');
      writer.attribute('note', 'use token=abcdef123456789 now');
      writer.attribute('list', ['fine', 'password=hunter2']);
      writer.attribute('pin_password', 123_456);
    });
    expect(JSON.stringify(row, bigintAsText)).not.toMatch(/hunter2|abcdef123456789|123456/);
    expect(row['Body']).toMatch(/^login password=‹redacted:\S+› ok$/);
    expect(fixture.writer.counts.valuesRedacted).toBe(6);
  });

  test('covers resources and scopes', () => {
    const { fixture } = written((writer) => {
      const secret = attributesOf({ 'service.name': 'api', api_key: 'sk_live_abcdefgh12345678' });
      writer.useResource(writer.context.resource(secret, ''));
    });
    const [resource] = encodedRows(fixture.batch)['resources'] ?? [];
    expect(
      JSON.stringify([...((resource?.['Attributes'] ?? []) as Map<string, string>)]),
    ).not.toMatch(/abcdefgh/);
  });

  test('leaves ids alone', () => {
    const { row } = withAttributes({ operationID: '13800138000', userID: '13800138000' });
    expect(row).toMatchObject({ OperationId: '13800138000', UserId: '13800138000' });
  });
});

describe('limits', () => {
  test('cut a body and a value one byte too long, on a character, and say so', () => {
    const limits = { valueBytesMax: 10 };
    const exact = written((writer) => {
      writer.body('0123456789');
      writer.attribute('k', '我们我x');
    }, limits);
    expect(exact.record).toMatchObject({ body: '0123456789', attributes: { k: '我们我x' } });
    const past = written((writer) => {
      writer.body('0123456789a');
      writer.attribute('k', '我们我们');
    }, limits);
    expect(past.record).toMatchObject({
      body: '0123456789',
      attributes: { k: '我们我', 'tendril.truncated': ['body', 'k'] },
    });
    expect(past.fixture.writer.counts.valuesCut).toBe(2);
  });

  test('cut an array at the element that is one byte too much', () => {
    const limits = { valueBytesMax: 16 };
    const { record } = written((writer) => {
      writer.attribute('fits', [1, 2]);
      writer.attribute('long', [1, 2, 3]);
      writer.attribute('texts', ['12345678', '123456789']);
    }, limits);
    expect(record.attributes).toEqual({
      fits: [1, 2],
      long: [1, 2],
      texts: ['12345678'],
      'tendril.truncated': ['long', 'texts'],
    });
  });

  test('cut a key one byte too long', () => {
    const limits = { keyBytesMax: 4 };
    const { record } = written((writer) => {
      writer.attribute('four', 1);
      writer.attribute('fives', 2);
    }, limits);
    expect(record.attributes).toEqual({ four: 1, five: 2 });
  });

  test('drop attributes past the most a record may have, and count them', () => {
    const limits = { recordAttributesMax: 3 };
    const { record, fixture } = written((writer) => {
      for (let i = 0; i < 5; i += 1) writer.attribute(`k${i}`, i);
    }, limits);
    expect(record.attributes).toEqual({ k0: 0, k1: 1, k2: 2 });
    expect(fixture.writer.counts.attributesDropped).toBe(2);
  });

  test('leave out new keys past the most a request may bring, say so, and keep known ones', () => {
    const { writer, sink } = logBatchFixture({ nowNs: NOW_NS, redactor, limits: {} });
    const record = (keys: readonly string[]): void => {
      writer.begin();
      for (const key of keys) writer.attribute(key, 'x');
      writer.end();
    };
    const madeUp = (from: number, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `key ${from + index}`);
    writer.open(sink);
    for (let at = 0; at < NEW_KEYS_PER_REQUEST_MAX; at += 1024) record(madeUp(at, 1024));
    expect(writer.outcome().message).toBe('');
    record(['one too many', `key ${NEW_KEYS_PER_REQUEST_MAX - 1}`]);
    expect(writer.counts.attributesDropped).toBe(1);
    expect(writer.outcome().message).toBe(
      `1 attributes were left out: a request may bring ${NEW_KEYS_PER_REQUEST_MAX} new keys`,
    );
    writer.open(sink);
    record(['one too many']);
    expect(writer.counts.attributesDropped).toBe(1);
  });

  test('hold for keys of resources too, and spare those that are known', () => {
    const { writer, sink } = logBatchFixture({ nowNs: NOW_NS, redactor, limits: {} });
    const resourceOf = (keys: readonly string[]): Attributes =>
      writer.context.resource(attributesOf(Object.fromEntries(keys.map((key) => [key, 'x']))), '')
        .attributes;
    writer.open(sink);
    resourceOf(['service.name']);
    for (let at = 1; at < NEW_KEYS_PER_REQUEST_MAX; at += 1) resourceOf([`key ${at}`]);
    expect(writer.outcome().message).toBe('');
    expect(resourceOf(['one too many', `key ${NEW_KEYS_PER_REQUEST_MAX - 1}`])).toEqual({
      [`key ${NEW_KEYS_PER_REQUEST_MAX - 1}`]: 'x',
    });
    expect(writer.outcome().message).toContain('1 attributes of resources');
    writer.open(sink);
    expect(resourceOf(['one too many'])).toEqual({ 'one too many': 'x' });
  });

  test('put keys beyond the paths of the table into the overflow map', () => {
    const limits = { attributePathsMax: 2 };
    const { row, record, fixture } = written((writer) => {
      for (let i = 0; i < 4; i += 1) writer.attribute(`k${i}`, i);
    }, limits);
    expect(row['Attributes']).toEqual({ k0: 0n, k1: 1n });
    expect(row['AttributesOverflow']).toEqual(
      new Map([
        ['k2', '2'],
        ['k3', '3'],
      ]),
    );
    expect(record.attributes).toEqual({ k0: 0, k1: 1, k2: '2', k3: '3' });
    expect(fixture.writer.counts.attributesOverflowed).toBe(2);
  });

  test('take back the paths of a refused request', () => {
    const fixture = logBatchFixture({ nowNs: NOW_NS, limits: { attributePathsMax: 2 } });
    const { batch, writer, sink } = fixture;
    const write = (keys: readonly string[]): void => {
      writer.open(sink);
      writer.begin();
      for (const key of keys) writer.attribute(key, 'v');
      writer.end();
    };
    write(['a']);
    const mark = batch.mark();
    write(['junk', 'more junk']);
    batch.rollback(mark);
    write(['b', 'junk']);
    expect(encodedRows(batch)['logs']).toMatchObject([
      { Attributes: { a: 'v' } },
      { Attributes: { b: 'v' }, AttributesOverflow: new Map([['junk', 'v']]) },
    ]);
  });
});

describe('reject', () => {
  test('leaves nothing of the record', () => {
    const { batch, writer, sink } = logBatchFixture({ nowNs: NOW_NS });
    writer.open(sink);
    writer.begin();
    writer.body('kept');
    writer.attribute('a', 1);
    writer.end();
    writer.begin();
    writer.body('gone');
    writer.severity(9, 'GONE');
    writer.attribute('a', 'text now');
    writer.attribute('b', [1, 2]);
    writer.attribute('operationID', 'op');
    writer.reject('bad_id', 'a bad id');
    writer.begin();
    writer.attribute('c', true);
    writer.end();
    expect(writer.outcome()).toEqual({ accepted: 2, rejected: { bad_id: 1 }, message: 'a bad id' });
    expect(encodedRows(batch)['logs']).toMatchObject([
      { Body: 'kept', Attributes: { a: 1n } },
      { Body: '', SeverityText: '', OperationId: '', Attributes: { c: true } },
    ]);
    expect(batch.columns.attributes.active.map(({ name }) => name)).toEqual(['a', 'c']);
  });
});

describe('resources', () => {
  test('have an id that depends on their attributes alone', () => {
    const fixture = logBatchFixture({ nowNs: NOW_NS, redactor });
    const { context } = fixture.writer;
    const one = context.resource(attributesOf({ a: 1, b: 'x' }), '');
    const same = context.resource(attributesOf({ b: 'x', a: 1 }), '');
    const other = context.resource(attributesOf({ a: '1', b: 'x' }), '');
    expect(same).toBe(one);
    expect(other.id).not.toBe(one.id);
  });

  test.each(['deployment.environment.name', 'deployment.environment'])(
    'name the environment by %s',
    (key) => {
      const { record } = written((writer) => {
        const attributes = attributesOf({ 'service.name': 'api', [key]: 'prod' });
        writer.useResource(writer.context.resource(attributes, ''));
      });
      expect(record).toMatchObject({ serviceName: 'api', environment: 'prod' });
    },
  );
});

describe('attribute kinds', () => {
  test('keep what a protocol says of numbers', () => {
    const { row } = written((writer) => {
      writer.attributeOfKind('double', KIND.float64, 3);
      writer.attributeOfKind('int', KIND.int64, 3n);
      writer.attributeOfKind('doubles', KIND.float64s, [1, 2]);
      writer.attributeOfKind('large', KIND.int64, 2n ** 70n);
      writer.attribute('mixed', ['a', 1, true]);
    });
    expect(row['Attributes']).toEqual({
      double: 3,
      int: 3n,
      doubles: [1, 2],
      large: String(2n ** 70n),
      mixed: '["a",1,true]',
    });
  });
});

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
