import type { AttributeValue, Attributes } from '@tendril/model/attribute';
import type { AnyJson, KeyJson } from '@tendril/testkit/otlp-common-oracle';
import { decodedRequest } from '@tendril/testkit/otlp-logs-oracle';
import { randomRecords } from '@tendril/testkit/random-record';
import type { LogRecord } from '@tendril/model/log-record';
import { describe, expect, test } from 'vitest';
import { LogsEncoder } from './encode-logs.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

const NOW_NS = 1_780_390_443_101_000_000n;

describe('LogsEncoder', () => {
  test('writes what protobufjs reads back as the same records', () => {
    const { batch, records: written } = randomRecords({ count: 500, seed: 11, nowNs: NOW_NS });
    const records = written.map(({ record }) => record);
    const writer = new ProtobufWriter();
    // What an earlier request wrote must not show.
    new LogsEncoder(writer, batch).putTo(batch.rowCount);
    writer.reset();
    new LogsEncoder(writer, batch).putTo(batch.rowCount);
    const { resourceLogs } = decodedRequest(writer.written);
    const decoded = resourceLogs.flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ scope, logRecords }) =>
        logRecords.map((record) => ({ resource, scope, record })),
      ),
    );
    expect(decoded).toHaveLength(records.length);
    for (const [index, { record, resource, scope }] of decoded.entries()) {
      const original = records[index];
      if (!original) throw new Error('one too many');
      expect({
        time: record.timeUnixNano,
        observed: record.observedTimeUnixNano,
        body: record.body.stringValue ?? '',
        severity: [record.severityNumber ?? 0, record.severityText ?? ''],
        traceId: Buffer.from(record.traceId ?? '', 'base64').toString('hex'),
        attributes: valuesOf(record.attributes),
        resource: valuesOf(resource.attributes),
        isParsed: valuesOf(scope.attributes)['tendril.parsed'],
      }).toEqual({
        time: original.timestamp,
        observed: original.observedTimestamp,
        body: original.body,
        severity: [original.severityNumber, original.severityText],
        traceId: original.traceId,
        attributes: sentAttributes(original),
        resource: plain(original.resource),
        isParsed: true,
      });
    }
  });
});

/** With what has a field of its own in the API. */
function sentAttributes({ attributes, operationId, original }: LogRecord): Attributes {
  const { 'event.name': _, ...others } = attributes;
  return plain({
    ...(operationId === '' ? {} : { operationID: operationId }),
    ...others,
    ...(original === '' ? {} : { 'log.record.original': original }),
  });
}

// Absent where it is empty.
function valuesOf(attributes: readonly Partial<KeyJson>[] | undefined): Attributes {
  const entries = attributes?.map(({ key, value }): [string, AttributeValue] => [
    key ?? '',
    valueOf(value ?? {}),
  ]);
  return Object.fromEntries(entries ?? []);
}

function valueOf(any: AnyJson): AttributeValue {
  if (any.arrayValue) {
    const { values }: { readonly values?: readonly AnyJson[] } = any.arrayValue;
    return values?.map((value) => String(valueOf(value))) ?? [];
  }
  return any.stringValue ?? any.boolValue ?? any.intValue ?? any.doubleValue ?? '';
}

/** Integers as text, as protobufjs has them; what else arrays hold too. */
function plain(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes).map(([key, value]): [string, AttributeValue] => [
    key,
    typeof value === 'object' ? value.map(String) : plainScalar(value),
  ]);
  return Object.fromEntries(entries);
}

function plainScalar(value: Exclude<AttributeValue, readonly unknown[]>): AttributeValue {
  const isInteger = typeof value === 'bigint' || Number.isSafeInteger(value);
  return isInteger ? String(value) : value;
}
