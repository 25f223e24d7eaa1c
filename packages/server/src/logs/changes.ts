/** "What changed": a span of time compared with the one before, or with any other. */
import { z } from 'zod';
import type { PartialReason } from '@tendril/api/answer';
import type { LogChange, LogChangesRequest, LogChangesResponse } from '@tendril/api/log-changes';
import { Failure } from '@tendril/model/failure';
import { LOG_FIELDS, logFieldOf, logFieldOfSourceKey } from '@tendril/model/fields';
import type { TimeRange } from '@tendril/model/time-range';
import type { FieldCatalogue } from '@tendril/query/catalogue';
import type { Candidate } from '@tendril/query/check';
import {
  changesQuery,
  comparableFieldsQuery,
  spanCountsQuery,
  type Spans,
} from './changes-query.ts';
import type { LogReader } from './log-reader.ts';
import { describePatterns } from './patterns/pattern-texts.ts';
import { limitReached } from './read-budget.ts';
import { allRows, type StatementOptions } from './statement.ts';
import { partialOf } from './summary.ts';

/** Records looked at; more would not move the shares that count. */
const SAMPLE_RECORDS = 400_000;
/** Beside those of the registry. */
const OTHER_FIELDS_MAX = 24;

export async function logChanges(
  reader: LogReader,
  request: LogChangesRequest,
  signal: AbortSignal,
): Promise<LogChangesResponse> {
  const options = { budget: reader.budget(), signal };
  const current = reader.rangeOf(request);
  const baseline = request.baseline ? reader.rangeOf(request.baseline) : spanBefore(current);
  refuseOverlap(current, baseline);
  const { condition } = await reader.prepareIn(hull(current, baseline), request.query, options);
  const spans = { current, baseline, condition };
  let found = NOTHING;
  let partial: PartialReason | undefined;
  try {
    found = await compared(reader, spans, request.limit, options);
  } catch (error) {
    partial = limitReached(error);
    if (partial === undefined) throw error;
  }
  return {
    range: printed(current),
    baseline: printed(baseline),
    ...found,
    partial: partialOf({ partial, searchedToNs: current.toNs }),
    cost: options.budget.cost(),
  };
}

type Found = Pick<LogChangesResponse, 'records' | 'baselineRecords' | 'sampled' | 'changes'>;

const NOTHING: Found = { records: 0, baselineRecords: 0, sampled: 1, changes: [] };

function spanBefore({ fromNs, toNs }: TimeRange): TimeRange {
  const lengthNs = toNs - fromNs;
  return { fromNs: fromNs > lengthNs ? fromNs - lengthNs : 0n, toNs: fromNs };
}

/** A record of both would have to be more and less at once. */
function refuseOverlap(a: TimeRange, b: TimeRange): void {
  if (a.toNs <= b.fromNs || b.toNs <= a.fromNs) return;
  throw new Failure({
    code: 'bad_range',
    detail: 'the two spans that are compared overlap',
    params: { from: String(a.fromNs), to: String(a.toNs) },
  });
}

function hull(a: TimeRange, b: TimeRange): TimeRange {
  return {
    fromNs: a.fromNs < b.fromNs ? a.fromNs : b.fromNs,
    toNs: a.toNs > b.toNs ? a.toNs : b.toNs,
  };
}

function printed({ fromNs, toNs }: TimeRange): LogChangesResponse['range'] {
  return { from: String(fromNs), to: String(toNs) };
}

const countsSchema = z.object({ records: z.coerce.number(), baselineRecords: z.coerce.number() });

const rowSchema = z.object({
  field: z.coerce.number(),
  value: z.string(),
  records: z.coerce.number(),
  baselineRecords: z.coerce.number(),
  currentRecords: z.coerce.number(),
  beforeRecords: z.coerce.number(),
  score: z.number(),
});
type Row = z.infer<typeof rowSchema>;

async function compared(
  reader: LogReader,
  spans: Spans,
  limit: number,
  options: StatementOptions,
): Promise<Found> {
  const [counts] = await allRows(reader.engine, spanCountsQuery(spans), options);
  const { records, baselineRecords } = countsSchema.parse(counts);
  // With one side empty everything differs, which says nothing.
  if (records === 0 || baselineRecords === 0) return { ...NOTHING, records, baselineRecords };
  const sampling = Math.ceil((records + baselineRecords) / SAMPLE_RECORDS);
  const fields = await comparedFields(reader, hull(spans.current, spans.baseline), options);
  const candidates = fields.map(({ candidate }) => candidate);
  const statement = changesQuery({ ...spans, fields: candidates, sampling, limit });
  const rows = (await allRows(reader.engine, statement, options)).map((row) =>
    rowSchema.parse(row),
  );
  const templates = await templatesOf(reader, rows, hull(spans.current, spans.baseline), options);
  return {
    records,
    baselineRecords,
    sampled: 1 / sampling,
    changes: rows.map((row) =>
      changeOf(row, sampling, {
        ...(fields[row.field - 1] ?? PATTERN_FIELD),
        text: row.field === 0 ? templates.get(idOf(row)) : undefined,
      }),
    ),
  };
}

type Described = Pick<LogChange, 'kind' | 'field'>;

/** The first of the query's fields. */
const PATTERN_FIELD: Described = { kind: 'pattern', field: 'patternId' };

interface ComparedField extends Described {
  readonly candidate: Candidate;
}

const KINDS: ReadonlyMap<string, LogChange['kind']> = new Map([
  ['ServiceName', 'service'],
  ['SeverityNumber', 'level'],
]);

/** Registered fields whose values are kinds; ids would make a group of each record. */
const REGISTERED: readonly ComparedField[] = LOG_FIELDS.filter(
  ({ type }) => type === 'keyword' || type === 'severity',
).map((field) => ({
  kind: KINDS.get(field.column) ?? 'field',
  field: field.name,
  candidate: { kind: 'field', field },
}));

const fieldRowSchema = z.object({ source: z.enum(['attribute', 'resource']), name: z.string() });

async function comparedFields(
  reader: LogReader,
  range: TimeRange,
  options: StatementOptions,
): Promise<readonly ComparedField[]> {
  const statement = comparableFieldsQuery(range, OTHER_FIELDS_MAX);
  const rows = await allRows(reader.engine, statement, options);
  const others = await reader.catalogue.checked(
    (catalogue) => rows.flatMap((row) => otherField(fieldRowSchema.parse(row), catalogue)),
    options,
  );
  return [...REGISTERED, ...others];
}

function otherField(
  { source, name }: z.infer<typeof fieldRowSchema>,
  catalogue: FieldCatalogue,
): readonly ComparedField[] {
  // What fills a column is compared with it.
  if (logFieldOf(name) !== undefined || logFieldOfSourceKey(name) !== undefined) return [];
  const attribute = catalogue.find(name).find(({ scope }) => scope === source);
  if (!attribute) return [];
  const target =
    source === 'resource'
      ? ({ kind: 'resource', key: name } as const)
      : ({ kind: 'attribute', attribute } as const);
  return [{ kind: 'field', field: name, candidate: { kind: 'value', target } }];
}

async function templatesOf(
  reader: LogReader,
  rows: readonly Row[],
  range: TimeRange,
  options: StatementOptions,
): Promise<ReadonlyMap<bigint, string>> {
  const ids = rows.filter(({ field }) => field === 0).map(idOf);
  const groups = await reader.aliases.current(options);
  const found = await describePatterns(reader, { ids, groups, range }, options);
  return new Map(Array.from(found, ([id, { template }]) => [id, template]));
}

/** Of a row about a pattern. */
function idOf({ value }: Row): bigint {
  return BigInt(`0x${value}`);
}

function changeOf(
  row: Row,
  sampling: number,
  { kind, field, text }: Described & { readonly text: string | undefined },
): LogChange {
  const { value, records, baselineRecords, currentRecords, beforeRecords, score } = row;
  return {
    kind,
    field,
    value,
    direction: directionOf(row),
    records: records * sampling,
    baselineRecords: baselineRecords * sampling,
    share: records / currentRecords,
    baselineShare: baselineRecords / beforeRecords,
    score,
    ...(text !== undefined && { text }),
  };
}

function directionOf({ records, baselineRecords, score }: Row): LogChange['direction'] {
  if (baselineRecords === 0) return 'new';
  if (records === 0) return 'gone';
  return score > 0 ? 'more' : 'less';
}
