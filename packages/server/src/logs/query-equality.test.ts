/**
 * The live tail and a search must agree: for random records and random queries, the lowered SQL on a
 * real engine finds what the matcher takes in memory.
 */
import { readFileSync } from 'node:fs';
import { LogBatch } from '@tendril/columns/log-batch';
import { LogCatalog } from '@tendril/columns/log-catalog';
import { attributeText, type LogResource } from '@tendril/columns/log-resource';
import { KIND } from '@tendril/columns/json-path';
import { ByteSource } from '@tendril/columns/byte-store';
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
import { LOG_FIELDS } from '@tendril/model/fields';
import type { LogRecord } from '@tendril/model/log-record';
import type { CompareOperator, Pieces, QueryNode, TextLiteral, Values } from '@tendril/query/ast';
import {
  fieldCatalogue,
  type AttributeField,
  type AttributeType,
  type FieldCatalogue,
} from '@tendril/query/catalogue';
import { readQuery } from '@tendril/query/check';
import { lowerQuery } from '@tendril/query/lower';
import { matcherOf } from '@tendril/query/match';
import { printQuery } from '@tendril/query/print';
import { QueryFailure } from '@tendril/query/query-failure';
import type { DomainColumns } from '@tendril/query/record-columns';
import { printSql, sql } from '@tendril/sql/sql';
import { startEngineFixture, type EngineFixture } from '@tendril/testkit/engine-fixture';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const NOW_NS = 1_780_390_443_101_000_000n;
const RECORD_COUNT = 400;
const QUERY_COUNT = 400;

/** Records and queries draw from the same words, so that queries find something. */
const WORDS = [
  ...['error', 'Error', 'TIMEOUT', 'timeout', 'time-out', 'foo_bar', 'x', 'and', 'or', 'not'],
  ...['连接失败', '连接', '超时', '用户ID', '错误：', '한국어', 'カタカナ', '，。'],
  ...['ÄÖÜ', 'äöü', 'straße', '\u212a', 'k', 'İ', 'ſ', 'ΑΣ', 'ας', 'é', 'É', 'e\u0301', 'ﬁ'],
  ...['10.0.0.1', '10.0.0.1:8080', '10.9.9.9', 'fe80::1', '[fe80::2]:99', '::ffff:10.1.1.1'],
  ...[
    'a%b',
    'a_b',
    '%',
    '_',
    '\\',
    '\\\\',
    '"',
    "'",
    '`',
    '\0',
    'a\0b',
    '😀',
    '\ufffd',
    '\u{10ffff}',
  ],
  ...['200', '200.0', '2e2', '0200', '-1', '1.5', '1e400', 'inf', 'nan', 'true', 'false', 'null'],
  ...['12345678901234567890', '9007199254740993', '[GIN]', '->', '=>', '(', ')', '{}', '|', '||'],
  ...['/user/login', '/x/', '100ms', '1m30s', '0.1s', '2MB', '2.5 KiB', '2000000 b', 'x*y', '*'],
  ...['', ' ', '\n', '\t', '\u00a0', '\u3000', 'u1001', 'openim-api', '0123456789abcdef'],
  ...['0123456789abcdef0123456789abcdef', 'WARN', 'custom', 'err'],
] as const;

const KEYS = [
  ...['status', 'method', 'latency_ms', 'size', 'ip', 'tags', 'took', 'source', 'userID', 'uid'],
  ...['user.name', 'a.b', 'a.b.c', '日志', 'with space', 'we`ird', 'quo"te', 'back\\slash'],
  ...['^caret', 'x:y', 'attributes.x', 'cost', 'errCode', 'in(paren)', "it's", 'name*'],
] as const;

const REGEXES = [
  ...['err(or)?', '(?i)timeout', '连接.*', '^$', '[0-9]{3}', 'a.b', '\\d+\\.\\d', 'time-?out'],
  ...['(foo|bar)_', 'u1001$', '[^a-z]', '\\/user\\/', 'x|', '😀', '\\x00', '(?s).', '\\bk\\b'],
  ...['foo_bar', 'login', 'timeouts?', 'Error', 'ms$', '\\pL{3}', 'a%b', 'ſ'],
] as const;

const wordArbitrary = fc.constantFrom(...WORDS);
const textArbitrary = fc.oneof(
  { weight: 4, arbitrary: wordArbitrary },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.tuple(wordArbitrary, fc.constantFrom(' ', '', ', ', ': ', '\n')), { maxLength: 6 })
      .map((parts) => parts.flat().join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }) },
);
const scalarArbitrary: fc.Arbitrary<AttributeScalar> = fc.oneof(
  { weight: 3, arbitrary: textArbitrary },
  { weight: 2, arbitrary: fc.constantFrom<AttributeScalar>(200, 404, -1, 0, 1.5, 1e-7, 1e21, 100) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<AttributeScalar>(9007199254740993n, 2n ** 63n - 1n, true, false),
  },
  { weight: 1, arbitrary: fc.double({ noNaN: true }) },
);
const valueArbitrary: fc.Arbitrary<AttributeValue> = fc.oneof(
  { weight: 6, arbitrary: scalarArbitrary },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.array(textArbitrary, { maxLength: 3 }),
      fc.array(fc.constantFrom(200, 1, -1), { maxLength: 3 }),
      fc.array(fc.constantFrom(1.5, 0.25), { minLength: 1, maxLength: 3 }),
      fc.array(fc.boolean(), { maxLength: 2 }),
    ),
  },
);
const attributesArbitrary = fc.dictionary(fc.constantFrom(...KEYS), valueArbitrary, {
  maxKeys: 8,
  noNullPrototype: false,
});

interface Draft {
  readonly ageNs: bigint;
  readonly body: string;
  readonly original: string;
  readonly severity: number;
  readonly severityText: string;
  readonly ids: Readonly<Record<'traceId' | 'spanId' | 'operationId' | 'connectionId', string>>;
  readonly durationNs: bigint;
  readonly patternId: bigint;
  readonly service: string;
  readonly resource: Readonly<Record<string, AttributeValue>>;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

const draftArbitrary: fc.Arbitrary<Draft> = fc.record({
  ageNs: fc.bigInt(0n, 7_200_000_000_000n),
  body: textArbitrary,
  original: fc.oneof(fc.constant(''), textArbitrary),
  severity: fc.integer({ min: 0, max: 24 }),
  severityText: fc.constantFrom('', 'INFO', 'Error', 'WARN', 'custom', 'İNFO'),
  ids: fc.record({
    traceId: fc.constantFrom('', '0123456789abcdef0123456789abcdef', 'f'.repeat(32)),
    spanId: fc.constantFrom('', '0123456789abcdef'),
    operationId: textArbitrary,
    connectionId: textArbitrary,
  }),
  durationNs: fc.constantFrom(0n, 1n, 100_000_000n, 90_000_000_000n),
  patternId: fc.constantFrom(0n, 1n, 0x0123456789abcdefn, 0xffffffffffffffffn),
  service: fc.constantFrom('', 'openim-api', 'openim-rpc', 'Error', '连接', 'a%b'),
  resource: fc.dictionary(fc.constantFrom('host.name', 'ip', 'k8s.pod', 'we`ird'), valueArbitrary, {
    noNullPrototype: false,
  }),
  attributes: attributesArbitrary,
});

interface Stored {
  readonly record: LogRecord;
  readonly domain: DomainColumns;
}

let fixture: EngineFixture;
let stored: readonly Stored[];
let catalogue: FieldCatalogue;

beforeAll(async () => {
  fixture = await startEngineFixture();
  for (const statement of migration()) await fixture.engine.command(statement);
  // The records are of a fixed day, whatever today is.
  await fixture.engine.command(sql`ALTER TABLE logs REMOVE TTL`);
  const drafts = fc.sample(draftArbitrary, { numRuns: RECORD_COUNT, seed: 7 });
  // Fewer paths than keys: some attributes lie in the overflow map.
  const catalog = new LogCatalog({ attributePathsMax: 18, nowMs: () => 0 });
  const batch = new LogBatch(catalog);
  drafts.forEach((draft, row) => appendDraft({ batch, catalog }, draft, row));
  for (const { table, bytes } of batch.encode({ server: 1, frame: 1, row: 0 })) {
    await fixture.engine.insertNative({ table, blocks: bytes, token: `${table}-1` });
  }
  stored = drafts.map((draft, row) => ({
    record: batch.record(row),
    domain: {
      UserId: batch.userId.textAt(row),
      ConnectionId: draft.ids.connectionId,
      ConversationId: '',
      ErrorCode: batch.errorCode.textAt(row),
      Caller: '',
      DurationNs: draft.durationNs,
    },
  }));
  catalogue = fieldCatalogue(fieldsOf(drafts, catalog));
}, 60_000);

afterAll(() => fixture.close());

describe('lowered SQL and the matcher', () => {
  test('find the same records for random queries', { timeout: 300_000 }, async () => {
    let foundCount = 0;
    await fc.assert(
      fc.asyncProperty(queryArbitrary(), async (node) => {
        foundCount += await compare(printQuery(node));
      }),
      { numRuns: QUERY_COUNT },
    );
    expect(foundCount).toBeGreaterThan(QUERY_COUNT);
  });
});

/** Returns how many records were found. Queries that are refused prove nothing and count none. */
async function compare(text: string): Promise<number> {
  let query;
  try {
    query = readQuery(text, { catalogue, nowNs: NOW_NS });
  } catch (error) {
    if (error instanceof QueryFailure) return 0;
    throw error;
  }
  const matches = matcherOf(query);
  const inMemory = stored.filter(({ record, domain }) => matches(record, domain));
  const condition = lowerQuery(query);
  const statement = sql`SELECT lower(leftPad(hex(RecordId), 16, '0')) AS id FROM logs WHERE ${condition} ORDER BY RecordId`;
  const result = await fixture.engine.query(statement, { limits: { timeoutMs: 20_000 } });
  const inEngine: unknown[] = [];
  for await (const row of result.rows) inEngine.push(row['id']);
  const expected = inMemory.map(({ record }) => record.id);
  expect(inEngine, `${text}\n${printSql(condition)}`).toEqual(expected);
  return expected.length;
}

function migration(): ReturnType<typeof sql>[] {
  const file = new URL('../engine/migrations/0001-logs.sql', import.meta.url);
  const text = readFileSync(file, 'utf8').replaceAll(/^\s*--.*$/gm, '');
  const statements = text.split(/;\s*\n/).filter((statement) => statement.trim() !== '');
  return statements.map((statement) => ({ kind: 'sql', parts: [statement.replace(/;\s*$/, '')] }));
}

interface Target {
  readonly batch: LogBatch;
  readonly catalog: LogCatalog;
}

const SCOPE = { version: '', attributes: {}, schemaUrl: '' };
const SCOPES = { named: { ...SCOPE, name: 'openim-api' }, unnamed: { ...SCOPE, name: '' } };
const RESOURCES = new Map<string, LogResource>();

function appendDraft({ batch, catalog }: Target, draft: Draft, row: number): void {
  const timeNs = NOW_NS - draft.ageNs;
  batch.timestamp.put(row, lowWord(timeNs), highWord(timeNs));
  batch.observedTimestamp.put(row, lowWord(NOW_NS), highWord(NOW_NS));
  batch.body.putString(row, draft.body);
  batch.original.putString(row, draft.original);
  batch.severityNumber.put(row, draft.severity);
  putKeyword(batch.severityText, row, draft.severityText);
  batch.traceId.putString(row, draft.ids.traceId);
  batch.spanId.putString(row, draft.ids.spanId);
  batch.operationId.putString(row, draft.ids.operationId);
  batch.connectionId.putString(row, draft.ids.connectionId);
  batch.durationNs.put(row, lowWord(draft.durationNs), highWord(draft.durationNs));
  batch.patternId.put(row, lowWord(draft.patternId), highWord(draft.patternId));
  batch.resources.put(row, resourceOf(draft));
  batch.scopes.put(row, row % 2 === 0 ? SCOPES.named : SCOPES.unnamed);
  for (const [key, value] of Object.entries(draft.attributes)) {
    if (key === 'userID' || key === 'uid') putOnce(batch, row, attributeText(value));
    if (key === 'errCode') putKeyword(batch.errorCode, row, attributeText(value));
    putAttribute({ batch, catalog }, { key, value });
  }
  batch.endRow();
}

function putOnce(batch: LogBatch, row: number, text: string): void {
  if (!batch.userId.has(row)) batch.userId.putString(row, text);
}

function putKeyword(column: LogBatch['errorCode'], row: number, text: string): void {
  const bytes = Buffer.from(text);
  column.put(row, new ByteSource(bytes), 0, bytes.length);
}

function resourceOf({ service, resource }: Draft): LogResource {
  const key = JSON.stringify([service, resource], (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  const known = RESOURCES.get(key);
  if (known) return known;
  const id = BigInt(RESOURCES.size + 1);
  const attributes = { ...resource };
  const made = { id, attributes, serviceName: service, environment: '', schemaUrl: '' };
  RESOURCES.set(key, made);
  return made;
}

interface Attribute {
  readonly key: string;
  readonly value: AttributeValue;
}

function putAttribute({ batch, catalog }: Target, { key, value }: Attribute): void {
  const kind = typeof value === 'object' ? KIND[`${kindOf(value[0] ?? '')}s`] : KIND[kindOf(value)];
  const isPut = batch.putAttribute(catalog.paths.keyOf(key), kind, value);
  if (!isPut) batch.addOverflow(key, attributeText(value));
}

type ScalarKind = 'text' | 'int64' | 'float64' | 'bool';

function kindOf(value: AttributeScalar): ScalarKind {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? 'int64' : 'float64';
}

function lowWord(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

function highWord(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n));
}

const TYPE_OF_KIND: Readonly<Record<ScalarKind, AttributeType>> = {
  text: 'string',
  int64: 'int',
  float64: 'float',
  bool: 'bool',
};

function fieldsOf(drafts: readonly Draft[], catalog: LogCatalog): readonly AttributeField[] {
  const attributes = KEYS.map((key): AttributeField => {
    const values = drafts.flatMap((draft) => draft.attributes[key] ?? []);
    const types = new Set(
      drafts.flatMap(({ attributes: own }): AttributeType[] => {
        const value = own[key];
        if (value === undefined) return [];
        return [typeof value === 'object' ? 'array' : TYPE_OF_KIND[kindOf(value)]];
      }),
    );
    const storage = catalog.paths.keyOf(key).path < 0 ? 'overflow' : 'both';
    expect(values.length).toBeGreaterThan(0);
    return { key, scope: 'attribute', types: [...types], storage };
  });
  const resources = ['host.name', 'ip', 'k8s.pod', 'we`ird'].map((key): AttributeField => ({
    key,
    scope: 'resource',
    types: ['string'],
    storage: 'path',
  }));
  return [...attributes, ...resources];
}

const AT = { start: 0, end: 0 };

function queryArbitrary(): fc.Arbitrary<QueryNode> {
  const { query } = fc.letrec<{ query: QueryNode; leaf: QueryNode }>((tie) => ({
    leaf: leafArbitrary(),
    query: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      tie('leaf'),
      tie('leaf'),
      tie('query').map((operand): QueryNode => ({ kind: 'not', operand, ...AT })),
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('query'), { minLength: 2, maxLength: 4 }))
        .map(([kind, operands]): QueryNode => ({ kind, operands, ...AT })),
    ),
  }));
  return query;
}

const piecesArbitrary: fc.Arbitrary<Pieces> = fc.oneof(
  { weight: 4, arbitrary: textArbitrary.map((text) => [text]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(wordArbitrary, fc.constantFrom('start', 'end', 'both', 'inner'))
      .map(([text, place]) => starred(text, place)),
  },
);

function starred(text: string, place: string): Pieces {
  if (place === 'start') return ['', text];
  if (place === 'end') return [text, ''];
  return place === 'both' ? ['', text, ''] : [text.slice(0, 1), text.slice(1)];
}

const literalArbitrary: fc.Arbitrary<TextLiteral> = fc
  .tuple(piecesArbitrary, fc.boolean())
  .map(([pieces, quoted]) => ({
    kind: 'text',
    pieces,
    quoted: quoted || pieces.join('') === '',
    ...AT,
  }));

const valuesArbitrary: fc.Arbitrary<Values> = fc.oneof(
  { weight: 5, arbitrary: literalArbitrary },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...REGEXES)
      .map((source) => ({ kind: 'regex', source, ...AT }) as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(literalArbitrary, { minLength: 2, maxLength: 4 })
      .map((operands) => ({ kind: 'or', operands, ...AT }) as const),
  },
);

const FIELD_NAMES = [
  ...LOG_FIELDS.flatMap(({ name, aliases }) => [name, ...aliases.slice(0, 2)]),
  ...KEYS,
  ...['host.name', 'k8s.pod', 'resource.ip', 'attributes.ip', 'resource.host.name', 'a.*', 'we`*'],
];

const BOUNDS = [
  ...['now-1h', 'now-30m', '2026-06-02T08:00:00Z', 'warn', 'info', '17', '200', '1.5', '-1'],
  ...['100ms', '1s', '2MB', '1KiB', 'a', 'openim', '连', '😀', '1e300', '9007199254740993', ''],
] as const;

function leafArbitrary(): fc.Arbitrary<QueryNode> {
  const field = fc.constantFrom(...FIELD_NAMES).map((name) => ({
    pieces: name.endsWith('.*') || name === 'we`*' ? [name.slice(0, -1), ''] : [name],
    quoted: true,
    ...AT,
  }));
  const operator = fc.constantFrom<CompareOperator>('<', '<=', '>', '>=');
  const bound = fc.oneof(fc.constantFrom(...BOUNDS), wordArbitrary);
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(field, valuesArbitrary)
        .map(([name, values]) => ({ kind: 'is', field: name, values, ...AT }) as const),
    },
    {
      weight: 2,
      arbitrary: literalArbitrary.map((value) => ({ kind: 'anywhere', value, ...AT }) as const),
    },
    {
      weight: 1,
      arbitrary: field.map((name) => ({ kind: 'exists', field: name, ...AT }) as const),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(field, operator, bound).map(
        ([name, compare, text]) =>
          ({
            kind: 'compare',
            field: name,
            operator: compare,
            value: { kind: 'text', pieces: [text], quoted: true, ...AT },
            ...AT,
          }) as const,
      ),
    },
  );
}
