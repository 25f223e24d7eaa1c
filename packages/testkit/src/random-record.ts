/**
 * Random log records, put into a batch as the writer would: with attributes of every type, some of
 * them in the overflow map, and columns that attributes fill.
 */
import { ByteSource } from '@tendril/columns/byte-store';
import { KIND } from '@tendril/columns/json-path';
import { LogBatch } from '@tendril/columns/log-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { attributeText, type LogResource } from '@tendril/columns/log-resource';
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';
import type { AttributeField, AttributeType } from '@tendril/query/catalogue';
import type { DomainColumns } from '@tendril/query/record-columns';
import * as fc from 'fast-check';
import { textArbitrary } from './random-query.ts';
import { KEYS, RESOURCE_KEYS } from './random-words.ts';

export interface RandomRecords {
  /** Encoded already. */
  readonly batch: LogBatch;
  readonly blocks: ReturnType<LogBatch['encode']>;
  readonly records: readonly { readonly record: LogRecord; readonly domain: DomainColumns }[];
  readonly fields: readonly AttributeField[];
}

export interface RandomRecordsOptions {
  readonly count: number;
  readonly seed: number;
  /** All timestamps lie in the two hours before it. */
  readonly nowNs: bigint;
}

/** Fewer than there are keys, so that some lie in the overflow map. */
const PATHS_MAX = 18;

export function randomRecords({ count, seed, nowNs }: RandomRecordsOptions): RandomRecords {
  const drafts = fc.sample(draftArbitrary(), { numRuns: count, seed });
  const catalog = new RecordCatalog({ attributePathsMax: PATHS_MAX, nowMs: () => 0 });
  const batch = new LogBatch(catalog);
  const writer: Writer = { batch, catalog, nowNs, resources: new Map() };
  drafts.forEach((draft, row) => append(writer, draft, row));
  const blocks = batch.encode({ server: 1, frame: 1, row: 0 });
  const records = drafts.map((draft, row) => ({
    record: batch.record(row),
    domain: domainColumns(batch, draft, row),
  }));
  return { batch, blocks, records, fields: fieldsOf(drafts, catalog) };
}

interface Draft {
  readonly ageNs: bigint;
  readonly body: string;
  readonly original: string;
  readonly severity: number;
  readonly severityText: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly operationId: string;
  readonly connectionId: string;
  readonly durationNs: bigint;
  readonly patternId: bigint;
  readonly service: string;
  readonly scope: string;
  readonly resource: Readonly<Record<string, AttributeValue>>;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

function draftArbitrary(): fc.Arbitrary<Draft> {
  const text = textArbitrary();
  return fc.record({
    ageNs: fc.bigInt(0n, 7_200_000_000_000n),
    body: text,
    original: fc.oneof(fc.constant(''), text),
    severity: fc.integer({ min: 0, max: 24 }),
    severityText: fc.constantFrom('', 'INFO', 'Error', 'WARN', 'custom', 'İNFO'),
    traceId: fc.constantFrom('', '0123456789abcdef0123456789abcdef', 'f'.repeat(32)),
    spanId: fc.constantFrom('', '0123456789abcdef'),
    operationId: text,
    connectionId: text,
    durationNs: fc.constantFrom(0n, 1n, 100_000_000n, 90_000_000_000n),
    patternId: fc.constantFrom(0n, 1n, 0x0123456789abcdefn, 0xffffffffffffffffn),
    service: fc.constantFrom('', 'openim-api', 'openim-rpc', 'Error', '连接', 'a%b'),
    scope: fc.constantFrom('', 'openim-api'),
    resource: attributesArbitrary(RESOURCE_KEYS),
    attributes: attributesArbitrary(KEYS),
  });
}

function attributesArbitrary(
  keys: readonly string[],
): fc.Arbitrary<Readonly<Record<string, AttributeValue>>> {
  return fc.dictionary(fc.constantFrom(...keys), valueArbitrary(), { maxKeys: 8 });
}

const NUMBERS = [200, 404, -1, 0, 1.5, 1e-7, 1e21, 100, 9007199254740993n, 2n ** 63n - 1n];

function valueArbitrary(): fc.Arbitrary<AttributeValue> {
  const text = textArbitrary();
  const scalar: fc.Arbitrary<AttributeScalar> = fc.oneof(
    { weight: 6, arbitrary: text },
    { weight: 4, arbitrary: fc.constantFrom<AttributeScalar>(...NUMBERS, true, false) },
    { weight: 1, arbitrary: fc.double() },
  );
  const array: fc.Arbitrary<AttributeValue> = fc.oneof(
    fc.array(text, { maxLength: 3 }),
    fc.array(fc.constantFrom(200, 1, -1), { maxLength: 3 }),
    fc.array(fc.constantFrom(1.5, 0.25), { minLength: 1, maxLength: 3 }),
    fc.array(fc.boolean(), { maxLength: 2 }),
  );
  return fc.oneof({ weight: 6, arbitrary: scalar }, { weight: 1, arbitrary: array });
}

interface Writer {
  readonly batch: LogBatch;
  readonly catalog: RecordCatalog;
  readonly nowNs: bigint;
  readonly resources: Map<string, LogResource>;
}

const SCOPE_REST = { version: '', attributes: {}, schemaUrl: '' };
const SCOPES = new Map(
  ['', 'openim-api'].map((name) => [name, Object.assign({ name }, SCOPE_REST)]),
);

function append(writer: Writer, draft: Draft, row: number): void {
  const { batch, nowNs } = writer;
  const timeNs = nowNs - draft.ageNs;
  batch.columns.timestamp.put(row, lowWord(timeNs), highWord(timeNs));
  batch.columns.observedTimestamp.put(row, lowWord(nowNs), highWord(nowNs));
  batch.body.putString(row, draft.body);
  batch.columns.original.putString(row, draft.original);
  batch.severityNumber.put(row, draft.severity);
  putKeyword(batch.severityText, row, draft.severityText);
  batch.columns.traceId.putString(row, draft.traceId);
  batch.columns.spanId.putString(row, draft.spanId);
  batch.columns.operationId.putString(row, draft.operationId);
  batch.columns.connectionId.putString(row, draft.connectionId);
  batch.columns.durationNs.put(row, lowWord(draft.durationNs), highWord(draft.durationNs));
  batch.patternId.put(row, lowWord(draft.patternId), highWord(draft.patternId));
  batch.columns.resources.put(row, resourceOf(writer, draft));
  const scope = SCOPES.get(draft.scope);
  if (scope) batch.columns.scopes.put(row, scope);
  for (const [key, value] of Object.entries(draft.attributes)) {
    putDomain(batch, row, { key, value });
    putAttribute(writer, { key, value });
  }
  batch.columns.endRow();
}

interface Attribute {
  readonly key: string;
  readonly value: AttributeValue;
}

// The first user of a record fills the column.
function putDomain(batch: LogBatch, row: number, { key, value }: Attribute): void {
  const isUser = key === 'userID' || key === 'uid';
  if (isUser && !batch.columns.userId.has(row))
    batch.columns.userId.putString(row, attributeText(value));
  if (key === 'errCode') putKeyword(batch.columns.errorCode, row, attributeText(value));
}

function putKeyword(column: LogBatch['severityText'], row: number, text: string): void {
  const bytes = Buffer.from(text);
  column.put(row, new ByteSource(bytes), 0, bytes.length);
}

function putAttribute({ batch, catalog }: Writer, { key, value }: Attribute): void {
  const kind = typeof value === 'object' ? KIND[`${kindOf(value[0] ?? '')}s`] : KIND[kindOf(value)];
  const isPut = batch.columns.putAttribute(catalog.paths.keyOf(key), kind, value);
  if (!isPut) batch.columns.addOverflow(key, attributeText(value));
}

type ScalarKind = 'text' | 'int64' | 'float64' | 'bool';

function kindOf(value: AttributeScalar): ScalarKind {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? 'int64' : 'float64';
}

function resourceOf({ resources }: Writer, { service, resource }: Draft): LogResource {
  const entries = Object.entries(resource).map(([key, value]) => [key, attributeText(value)]);
  const content = JSON.stringify([service, entries]);
  const known = resources.get(content);
  if (known) return known;
  const made: LogResource = {
    id: BigInt(resources.size + 1),
    attributes: resource,
    serviceName: service,
    environment: '',
    schemaUrl: '',
  };
  resources.set(content, made);
  return made;
}

function lowWord(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

function highWord(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n));
}

function domainColumns(batch: LogBatch, draft: Draft, row: number): DomainColumns {
  return {
    UserId: batch.columns.userId.textAt(row),
    ConnectionId: draft.connectionId,
    ConversationId: '',
    ErrorCode: batch.columns.errorCode.textAt(row),
    Caller: '',
    DurationNs: draft.durationNs,
  };
}

const FIELD_TYPES: Readonly<Record<ScalarKind, AttributeType>> = {
  text: 'string',
  int64: 'int',
  float64: 'float',
  bool: 'bool',
};

function fieldsOf(drafts: readonly Draft[], catalog: RecordCatalog): readonly AttributeField[] {
  const attributes = KEYS.map((key): AttributeField => {
    const values = drafts.flatMap(({ attributes: own }) => {
      const value = own[key];
      return value === undefined ? [] : [value];
    });
    const types = values.map((value) =>
      typeof value === 'object' ? 'array' : FIELD_TYPES[kindOf(value)],
    );
    const storage = catalog.paths.keyOf(key).path < 0 ? 'overflow' : 'both';
    return { key, scope: 'attribute', types: [...new Set(types)], storage };
  });
  const resources = RESOURCE_KEYS.map((key): AttributeField => ({
    key,
    scope: 'resource',
    types: ['string'],
    storage: 'path',
  }));
  return [...attributes, ...resources];
}
