/**
 * What every read of logs, or of spans where the source says so, begins with: times resolved, what was acknowledged flushed, the query
 * checked and turned into a condition.
 */
import type { TimeBounds } from '@tendril/api/time-bounds';
import { idNumber } from '@tendril/intake/patterns/pattern-id';
import { PatternScanner } from '@tendril/intake/patterns/pattern-scanner';
import { Failure } from '@tendril/model/failure';
import { DEFAULT_LIMITS, type Limits } from '@tendril/model/limits';
import type { LogRecord } from '@tendril/model/log-record';
import { NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import { withoutIdTests } from '@tendril/query/absent-ids';
import { withWords } from '@tendril/query/dictionary-words';
import { lowerQuery, type LowerOptions } from '@tendril/query/lower';
import { matcherOf, type RecordMatcher } from '@tendril/query/match';
import { patternIdsOf, withPatternGroups } from '@tendril/query/pattern-groups';
import { parsePipeline, printPipeline } from '@tendril/query/pipeline';
import { planQuery, type Plan } from '@tendril/query/plan';
import { QueryFailure } from '@tendril/query/query-failure';
import type { PipeNode } from '@tendril/query/pipes/pipe';
import type { ResolvedQuery } from '@tendril/query/resolved';
import { parseTime } from '@tendril/query/time-value';
import type { Sql } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';
import { AbsentIds } from './absent-ids.ts';
import { PatternAliases } from './patterns/pattern-alias.ts';
import { READ_LIMITS, ReadBudget, type ReadLimits } from './read-budget.ts';
import { LOG_SOURCE, type RecordSource } from './record-source.ts';
import { ResourceCache } from './resource-cache.ts';
import type { StatementOptions } from './statement.ts';
import { StoredCatalogue } from './stored-catalogue.ts';
import { TableDensity } from './table-density.ts';
import { WordDictionary } from './word-dictionary.ts';

export interface LogReaderOptions {
  readonly engine: Engine;
  /** Logs when absent. */
  readonly source?: RecordSource;
  /** Of the pipeline. */
  readonly flush: (
    signal?: AbortSignal,
    range?: TimeRange,
    table?: RecordSource['table'],
  ) => Promise<void>;
  readonly limits?: Limits;
  readonly readLimits?: ReadLimits;
  /** The wall clock, which `now` in requests means. */
  readonly nowMs?: () => number;
}

export interface PreparedQuery {
  readonly range: TimeRange;
  /** Which records are meant: all before the first pipe that does more than filter. */
  readonly query: ResolvedQuery;
  /** The same as the condition of a WHERE clause; says nothing of the range. */
  readonly condition: Sql;
  /** With its pipes. */
  readonly plan: Plan;
  /** As the language prints it. */
  readonly text: string;
}

const NO_WORDS: ReadonlyMap<string, readonly string[]> = new Map();
const NO_TESTS: ReadonlySet<string> = new Set();

export class LogReader {
  readonly engine: Engine;
  readonly source: RecordSource;
  readonly resources: ResourceCache;
  readonly catalogue: StoredCatalogue;
  readonly density: TableDensity;
  readonly aliases: PatternAliases;
  private readonly words: WordDictionary;
  private readonly absentIds: AbsentIds;
  private readonly flush: LogReaderOptions['flush'];
  private readonly limits: Limits;
  private readonly readLimits: ReadLimits;
  private readonly nowMs: () => number;

  constructor(options: LogReaderOptions) {
    this.engine = options.engine;
    this.source = options.source ?? LOG_SOURCE;
    const { table, fieldsTable } = this.source;
    this.flush = options.flush;
    this.limits = options.limits ?? DEFAULT_LIMITS;
    this.readLimits = options.readLimits ?? READ_LIMITS;
    this.nowMs = options.nowMs ?? Date.now;
    this.resources = new ResourceCache(options.engine);
    this.catalogue = new StoredCatalogue(options.engine, fieldsTable, () => performance.now());
    this.density = new TableDensity(options.engine, table, this.nowMs);
    this.aliases = new PatternAliases(options.engine, () => performance.now());
    this.words = new WordDictionary(options.engine, this.density);
    this.absentIds = new AbsentIds(options.engine, this.density);
  }

  /** For one request. */
  budget(limits: ReadLimits = this.readLimits): ReadBudget {
    return new ReadBudget(limits, () => performance.now());
  }

  async prepare(
    request: TimeBounds & { readonly query: string },
    options: StatementOptions,
  ): Promise<PreparedQuery> {
    return await this.prepareIn(this.rangeOf(request), request.query, options);
  }

  async prepareIn(
    range: TimeRange,
    text: string,
    options: StatementOptions,
  ): Promise<PreparedQuery> {
    const nowNs = this.nowNs();
    // Before the flush, so that a mistake in the text is answered at once.
    const pipeline = parsePipeline(text, this.limits);
    await this.flushed(options.signal, range);
    const { queryClausesMax } = this.limits;
    const { registry } = this.source;
    const planWith = async (rewrite?: LowerOptions['rewrite']): Promise<Plan> =>
      await this.catalogue.checked(
        (catalogue) =>
          planQuery(
            pipeline,
            { catalogue, registry, nowNs, queryClausesMax },
            { ...(rewrite && { rewrite }) },
          ),
        options,
      );
    const plan = await planWith();
    await this.density.ready(options.signal);
    // The dictionary is of bodies, which spans have none of, and so are the ids that stand beside them.
    const isOfLogs = this.source.table === 'logs';
    const [words, absent] = isOfLogs
      ? await Promise.all([
          this.words.lookUp(plan.filter, range, options),
          this.absentIds.lookUp(plan.filter, range, options),
        ])
      : [NO_WORDS, NO_TESTS];
    const skeletons = await this.aliases.skeletonsOf(patternIdsOf(plan.filter), options);
    const rewrite = (query: ResolvedQuery): ResolvedQuery =>
      withPatternGroups(withWords(withoutIdTests(query, absent), words), skeletons);
    return {
      range,
      query: plan.filter,
      condition: lowerQuery(plan.filter, { rewrite }),
      plan: words.size + skeletons.size + absent.size === 0 ? plan : await planWith(rewrite),
      text: printPipeline(pipeline),
    };
  }

  /** The filter of a live tail: the query of a search, matched in memory. */
  async tailMatcher(text: string, signal: AbortSignal): Promise<RecordMatcher> {
    const pipeline = parsePipeline(text, this.limits);
    const { queryClausesMax } = this.limits;
    const options = { budget: this.budget(), signal };
    const plan = await this.catalogue.checked(
      (catalogue) => planQuery(pipeline, { catalogue, nowNs: this.nowNs(), queryClausesMax }),
      options,
    );
    const skeletons = await this.aliases.skeletonsOf(patternIdsOf(plan.filter), options);
    const filterCount = pipeline.pipes.findIndex(({ name }) => name !== 'where');
    const others = filterCount < 0 ? [] : pipeline.pipes.slice(filterCount);
    const unfit = others.find(({ name }) => name !== 'fields');
    if (unfit) throw unfitForTail(unfit);
    const scanner = new PatternScanner();
    const skeletonIdOf = ({ body }: LogRecord): bigint => {
      scanner.scanText(body);
      return idNumber(scanner.skeleton);
    };
    return matcherOf(withPatternGroups(plan.filter, skeletons), { skeletonIdOf });
  }

  /** The range that a request means. */
  rangeOf(bounds: TimeBounds): TimeRange {
    return resolveRange(bounds, this.nowNs());
  }

  /** The moment that a request's parameter means. */
  timeOf(name: string, text: string): bigint {
    return resolveTime(name, text, this.nowNs());
  }

  /**
   * Resolves when everything acknowledged so far can be read; with a range, what the source has of it. Who asks for
   * a trace or a chain reads both tables, and a search of records does not wait for spans: with each request the
   * server itself has some on their way.
   */
  async flushed(signal: AbortSignal, range?: TimeRange): Promise<void> {
    const timeout = AbortSignal.timeout(this.readLimits.timeoutMs);
    try {
      const table = range && this.source.table;
      await this.flush(AbortSignal.any([signal, timeout]), range, table);
    } catch (cause) {
      if (!timeout.aborted) throw cause;
      throw new Failure({
        code: 'engine_busy',
        detail: `what was acknowledged did not reach the engine within ${this.readLimits.timeoutMs} ms`,
        params: { waitedMs: this.readLimits.timeoutMs },
        cause,
      });
    }
  }

  // The clock counts milliseconds; a record of the one under way lies before its end.
  private nowNs(): bigint {
    return (BigInt(this.nowMs()) + 1n) * NS_PER_MS;
  }
}

function unfitForTail(pipe: PipeNode): QueryFailure {
  return new QueryFailure({
    code: 'query_pipe_unfit',
    detail: `live tail shows records as they come, so “${pipe.name}” cannot be used`,
    position: pipe,
    hint: 'only conditions, “where” and “fields” can',
    params: { pipe: pipe.name },
  });
}

/** Throws `Failure` `bad_time` or `bad_range`. */
export function resolveRange({ from, to }: TimeBounds, nowNs: bigint): TimeRange {
  const range = { fromNs: resolveTime('from', from, nowNs), toNs: resolveTime('to', to, nowNs) };
  if (range.fromNs <= range.toNs) return range;
  throw new Failure({
    code: 'bad_range',
    detail: `the range ends (${to}) before it begins (${from})`,
    params: { from, to },
  });
}

function resolveTime(name: string, text: string, nowNs: bigint): bigint {
  const time = parseTime(text, nowNs);
  if (time !== undefined && time.fromNs >= 0n) return time.fromNs;
  throw new Failure({
    code: 'bad_time',
    detail: `"${name}" is no time: ${text.slice(0, 100)}; write RFC 3339, epoch or date math such as now-15m`,
    params: { name, text: text.slice(0, 100) },
  });
}
