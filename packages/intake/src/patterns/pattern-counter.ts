/**
 * Counts patterns of a stream of records in bounded memory, without a server: how often each came, when,
 * from whom, and a few examples. What is learned about words that change is applied at the end.
 */
import { keptText } from './kept-text.ts';
import { learnAliases, type SeenPattern } from './learn-aliases.ts';
import { idText } from './pattern-id.ts';
import { PatternScanner } from './pattern-scanner.ts';
import { sharedTemplate, WILDCARD } from './template.ts';
import { TimeBuckets, type BucketsState } from './time-buckets.ts';

export interface CountedRecord {
  readonly body: string;
  readonly timestampMs?: number | undefined;
  readonly severityNumber?: number | undefined;
  readonly serviceName?: string | undefined;
}

export interface CountedPattern {
  /** 16 hex digits, the same as on a server. */
  readonly patternId: string;
  readonly template: string;
  readonly count: number;
  /** Undefined when none of its records had a time. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  /** Records by begin of the bucket; all patterns have buckets of `bucketMs`. */
  readonly buckets: ReadonlyMap<number, number>;
  readonly severities: ReadonlyMap<number, number>;
  readonly services: ReadonlyMap<string, number>;
  readonly examples: readonly string[];
}

export interface CountedPatterns {
  /** Most frequent first. */
  readonly patterns: readonly CountedPattern[];
  readonly bucketMs: number;
  readonly records: number;
  /** Records of patterns that there was no room for. */
  readonly otherRecords: number;
}

/** Skeletons that are counted; those that come later are "other". 10,000 take about 20 MB. */
const SKELETONS_MAX = 10_000;
/** Patterns of one skeleton; past it they are counted as one, which learning would do as well. */
const PATTERNS_OF_SKELETON_MAX = 64;
const CONSTANTS_MAX = 4_096;
const CONSTANT_LENGTH_MAX = 256;
const EXAMPLES_MAX = 3;
const EXAMPLE_LENGTH_MAX = 1024;
const SERVICES_MAX = 100;

interface Counts {
  count: number;
  firstMs: number;
  lastMs: number;
  readonly slots: readonly string[];
  readonly buckets: TimeBuckets;
  readonly severities: Map<number, number>;
  readonly services: Map<string, number>;
  readonly examples: string[];
}

interface Skeleton {
  readonly id: string;
  readonly text: string;
  readonly patterns: Map<string, Counts>;
  /** Of patterns that there was no room for. */
  rest: Counts | undefined;
}

interface CountsState extends Omit<Counts, 'buckets'> {
  readonly buckets: BucketsState;
}

interface SkeletonState {
  readonly id: string;
  readonly text: string;
  readonly patterns: readonly (readonly [id: string, counts: CountsState])[];
  readonly rest: CountsState | undefined;
}

/** Plain data, for another thread. */
export interface PatternCounterState {
  readonly skeletons: readonly SkeletonState[];
  readonly records: number;
  readonly otherRecords: number;
}

export class PatternCounter {
  private readonly scanner: PatternScanner = new PatternScanner();
  private readonly skeletons: Map<string, Skeleton> = new Map();
  /** Messages that are their own template: most of what structured loggers write. */
  private readonly constants: Map<string, Counts> = new Map();
  private records = 0;
  private otherRecords = 0;
  private readonly skeletonsMax: number;

  constructor({ skeletonsMax = SKELETONS_MAX }: { readonly skeletonsMax?: number } = {}) {
    this.skeletonsMax = skeletonsMax;
  }

  add(record: CountedRecord): void {
    this.records += 1;
    const { scanner } = this;
    scanner.scanText(record.body);
    const skeleton = this.skeletonOf(record.body);
    if (skeleton === undefined) {
      this.otherRecords += 1;
      return;
    }
    const patternId = idText(scanner.pattern);
    const known = skeleton.patterns.get(patternId);
    if (known !== undefined) {
      count(known, record);
      return;
    }
    if (skeleton.patterns.size >= PATTERNS_OF_SKELETON_MAX) {
      skeleton.rest ??= noCounts([]);
      count(skeleton.rest, record);
      return;
    }
    const { slots, template } = scanner.describe(record.body);
    const counts = noCounts(slots);
    if (!template.includes(WILDCARD)) this.rememberConstant(record.body, counts);
    skeleton.patterns.set(patternId, counts);
    count(counts, record);
  }

  /** Counts a record whose message, without values in it, was counted before; false for any other. */
  addConstant(record: CountedRecord): boolean {
    const known = this.constants.get(record.body);
    if (known === undefined) return false;
    this.records += 1;
    count(known, record);
    return true;
  }

  private rememberConstant(body: string, counts: Counts): void {
    if (this.constants.size >= CONSTANTS_MAX || body.length > CONSTANT_LENGTH_MAX) return;
    this.constants.set(keptText(body), counts);
  }

  state(): PatternCounterState {
    const skeletons = [...this.skeletons.values()].map(({ id, patterns, rest, text }) => ({
      id,
      text,
      patterns: [...patterns].map(([patternId, counts]) => [patternId, stateOf(counts)] as const),
      rest: rest && stateOf(rest),
    }));
    return { skeletons, records: this.records, otherRecords: this.otherRecords };
  }

  /** Counts what another counter has counted. */
  absorb({ otherRecords, records, skeletons }: PatternCounterState): void {
    this.records += records;
    this.otherRecords += otherRecords;
    for (const state of skeletons) this.absorbSkeleton(state);
  }

  private absorbSkeleton({ id, patterns, rest, text }: SkeletonState): void {
    let skeleton = this.skeletons.get(id);
    if (!skeleton && this.skeletons.size >= this.skeletonsMax) {
      for (const [, { count: records }] of patterns) this.otherRecords += records;
      this.otherRecords += rest?.count ?? 0;
      return;
    }
    skeleton ??= { id, text, patterns: new Map(), rest: undefined };
    this.skeletons.set(id, skeleton);
    for (const [patternId, state] of patterns) {
      const counts = skeleton.patterns.get(patternId);
      if (counts) addCounts(counts, countsOf(state));
      else if (skeleton.patterns.size < PATTERNS_OF_SKELETON_MAX)
        skeleton.patterns.set(patternId, countsOf(state));
      else addCounts((skeleton.rest ??= noCounts([])), countsOf(state));
    }
    if (rest) addCounts((skeleton.rest ??= noCounts([])), countsOf(rest));
  }

  result(): CountedPatterns {
    const open = new Set(learnAliases(this.seen()).map(({ skeletonId }) => skeletonId));
    const patterns = [...this.skeletons.values()].flatMap((skeleton) =>
      open.has(skeleton.id) || skeleton.rest !== undefined
        ? [merged(skeleton)]
        : [...skeleton.patterns].map(([id, counts]) => single(skeleton, id, counts)),
    );
    const bucketMs = TimeBuckets.align(patterns.map(({ counts }) => counts.buckets));
    return {
      patterns: patterns
        .toSorted((one, other) => other.counts.count - one.counts.count)
        .map(countedPattern),
      bucketMs,
      records: this.records,
      otherRecords: this.otherRecords,
    };
  }

  private skeletonOf(body: string): Skeleton | undefined {
    const id = idText(this.scanner.skeleton);
    const known = this.skeletons.get(id);
    if (known !== undefined || this.skeletons.size >= this.skeletonsMax) return known;
    const text = this.scanner.describe(body).skeleton;
    const skeleton: Skeleton = { id, text, patterns: new Map(), rest: undefined };
    this.skeletons.set(id, skeleton);
    return skeleton;
  }

  private *seen(): Iterable<SeenPattern> {
    for (const { id: skeletonId, patterns } of this.skeletons.values()) {
      for (const { count, slots } of patterns.values()) yield { skeletonId, count, slots };
    }
  }
}

interface Group {
  readonly patternId: string;
  readonly template: string;
  readonly counts: Counts;
}

function single({ text }: Skeleton, patternId: string, counts: Counts): Group {
  return { patternId, template: sharedTemplate(text, [counts.slots]), counts };
}

function merged({ id, text, patterns, rest }: Skeleton): Group {
  const members = [...patterns.values()];
  const slots = members.map((member) => member.slots);
  const counts = noCounts([]);
  for (const member of rest ? [...members, rest] : members) addCounts(counts, member);
  return { patternId: id, template: rest ? text : sharedTemplate(text, slots), counts };
}

function countedPattern({ patternId, template, counts }: Group): CountedPattern {
  const { count, firstMs, lastMs, buckets, severities, services, examples } = counts;
  const hasTimes = firstMs <= lastMs;
  return {
    patternId,
    template,
    count,
    firstMs: hasTimes ? firstMs : undefined,
    lastMs: hasTimes ? lastMs : undefined,
    buckets: buckets.counts(),
    severities,
    services,
    examples,
  };
}

function stateOf(counts: Counts): CountsState {
  return { ...counts, buckets: counts.buckets.state() };
}

function countsOf(state: CountsState): Counts {
  const buckets = new TimeBuckets();
  buckets.absorb(state.buckets);
  return { ...state, buckets };
}

function noCounts(slots: readonly string[]): Counts {
  return {
    count: 0,
    firstMs: Infinity,
    lastMs: -Infinity,
    slots,
    buckets: new TimeBuckets(),
    severities: new Map(),
    services: new Map(),
    examples: [],
  };
}

function count(counts: Counts, record: CountedRecord): void {
  const { body, timestampMs, severityNumber = 0, serviceName = '' } = record;
  counts.count += 1;
  if (timestampMs !== undefined) {
    counts.firstMs = Math.min(counts.firstMs, timestampMs);
    counts.lastMs = Math.max(counts.lastMs, timestampMs);
    counts.buckets.add(timestampMs, 1);
  }
  addTo(counts.severities, severityNumber, 1);
  addService(counts.services, serviceName, 1);
  addExample(counts.examples, body.slice(0, EXAMPLE_LENGTH_MAX));
}

function addCounts(sum: Counts, more: Counts): void {
  sum.count += more.count;
  sum.firstMs = Math.min(sum.firstMs, more.firstMs);
  sum.lastMs = Math.max(sum.lastMs, more.lastMs);
  sum.buckets.addAll(more.buckets);
  for (const [number, records] of more.severities) addTo(sum.severities, number, records);
  for (const [name, records] of more.services) addService(sum.services, name, records);
  for (const example of more.examples) addExample(sum.examples, example);
}

function addService(services: Map<string, number>, name: string, records: number): void {
  if (services.has(name)) addTo(services, name, records);
  else if (services.size < SERVICES_MAX) services.set(keptText(name), records);
}

function addExample(examples: string[], example: string): void {
  if (examples.length >= EXAMPLES_MAX || examples.includes(example)) return;
  examples.push(keptText(example));
}

function addTo<K>(counts: Map<K, number>, key: K, records: number): void {
  counts.set(key, (counts.get(key) ?? 0) + records);
}
