/**
 * One chain: the hops of an operation or a trace in causal order, the path of its failure from what was
 * seen to where it began, and who is suspected of it and why.
 *
 * Times are nanoseconds since 1970 as strings. `timestamp` of records and spans is what their source
 * said; times of hops, steps and gaps are corrected for clocks that differ (`lanes[].clockOffsetNs`).
 */
import { z } from 'zod';
import type { LogRecord } from '@tendril/model/log-record';
import type { Span } from '@tendril/model/span';
import { costSchema, partialSchema, type Cost, type Partial } from './answer.ts';
import { logRecordSchema, nanosecondsSchema } from './log-record.ts';
import type { Route } from './route.ts';
import { spanSchema } from './span.ts';
import { timeSchema } from './time-bounds.ts';

/** What a chain is found by. `auto` tries a trace id's form first, then an operation. */
export const CHAIN_ANCHORS = ['auto', 'operation', 'trace', 'record', 'span'] as const;
export type ChainAnchor = (typeof CHAIN_ANCHORS)[number];

export interface ChainRequest {
  readonly by: ChainAnchor;
  /** About when it happened, as `parseTime` takes it: makes the answer faster, and a reused id unambiguous. */
  readonly at?: string | undefined;
}

export interface ChainInput {
  readonly id: string;
  readonly by?: ChainAnchor | undefined;
  readonly at?: string | number | undefined;
}

/**
 * How it ended. `refused`: a request was answered with no, as it should be. `slow`: well, but later than
 * healthy chains. `incomplete`: nothing failed, but steps that healthy chains have are missing.
 */
export const CHAIN_OUTCOMES = ['ok', 'failed', 'refused', 'slow', 'incomplete'] as const;
export type ChainOutcome = (typeof CHAIN_OUTCOMES)[number];

/** `dependency`: something that is called and sends nothing with the chain's ids: a database, a queue. */
export const LANE_KINDS = ['service', 'dependency'] as const;
export type LaneKind = (typeof LANE_KINDS)[number];

export interface ChainLane {
  readonly id: number;
  readonly kind: LaneKind;
  /** Of a dependency its system or address. */
  readonly service: string;
  /** Pod, host or process, whatever tells instances of a service apart; empty when nothing does. */
  readonly instance: string;
  readonly version: string;
  /** Added to this lane's clock to order the chain; 0 when nothing says that it differs. */
  readonly clockOffsetNs: string;
  readonly records: number;
  readonly spans: number;
  readonly errors: number;
}

/** How it is known which hop called a hop; `none` for those that nothing leads to. */
export const HOP_LINKS = ['span', 'call', 'nested', 'key', 'peer', 'none'] as const;
export type HopLink = (typeof HOP_LINKS)[number];

export const HOP_STATUSES = ['ok', 'warn', 'error'] as const;
export type HopStatus = (typeof HOP_STATUSES)[number];

export interface LatencyBand {
  readonly p50Ns: number;
  readonly p95Ns: number;
}

export interface ChainHop {
  readonly id: number;
  /** Id of its lane. */
  readonly lane: number;
  readonly start: string;
  readonly end: string;
  readonly operation: string;
  readonly status: HopStatus;
  readonly records: number;
  readonly spans: number;
  readonly parent: number | null;
  readonly link: HopLink;
  /** Of its duration what no hop below it accounts for. */
  readonly selfNs: string;
  /** Of the same hop in healthy chains. */
  readonly healthy: LatencyBand | null;
}

/** How a record came to belong to the chain: its own id, a key it shares, or the peer that it tells of. */
export const MEMBER_LINKS = ['id', 'key', 'peer'] as const;
export type MemberLink = (typeof MEMBER_LINKS)[number];

export interface ChainRecord {
  readonly record: LogRecord;
  readonly hop: number;
  readonly via: MemberLink;
}

export interface ChainSpan {
  readonly span: Span;
  readonly hop: number;
}

/** Where one click leads. */
export type ChainLink =
  | { readonly kind: 'record'; readonly id: string; readonly timestamp: string }
  | { readonly kind: 'span'; readonly traceId: string; readonly spanId: string }
  | {
      readonly kind: 'search';
      readonly query: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly kind: 'chain'; readonly id: string }
  | { readonly kind: 'change'; readonly id: string }
  | { readonly kind: 'error'; readonly pack: string; readonly id: string };

export type StatementValues = Readonly<Record<string, string | number>>;

/** A sentence: `chain.KIND` of the message catalogue (`@tendril/messages/chains`) with its values. */
export interface ChainStatement {
  readonly kind: string;
  readonly values: StatementValues;
  readonly link: ChainLink | null;
}

export const STEP_KINDS = ['record', 'span', 'gap', 'change'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** A point of the failure's path. Number 1 is where it began, the highest what was seen. */
export interface ChainStep {
  readonly number: number;
  readonly kind: StepKind;
  /** Null for a change of something that is no lane of the chain. */
  readonly lane: number | null;
  readonly hop: number | null;
  /** Who speaks: service and instance, as people call it. */
  readonly who: string;
  readonly time: string;
  readonly severityNumber: number;
  /** Of the record or span; empty for a gap, which `why` tells. */
  readonly text: string;
  readonly why: readonly ChainStatement[];
  readonly link: ChainLink | null;
}

/**
 * `instance`: one of a service's. `service`: all of them, or one that no instance is known of.
 * `dependency`: a database, a queue, an address. Whoever made a request that was refused is nobody to suspect.
 */
export const SUSPECT_KINDS = ['instance', 'service', 'dependency'] as const;
export type SuspectKind = (typeof SUSPECT_KINDS)[number];

export interface ChainEvidence extends ChainStatement {
  /** What it adds to the suspect's score; below zero it speaks for its innocence. */
  readonly weight: number;
}

export interface ChainSuspect {
  readonly kind: SuspectKind;
  /** Of a dependency its system (`redis`, `mongodb`, a queue's name) or its address. */
  readonly service: string;
  /** Of a dependency its address; empty when it is not known. */
  readonly instance: string;
  readonly version: string;
  /** 0 to 1. Those of all suspects and of "none of them" together are 1. */
  readonly confidence: number;
  /** What speaks for it, the strongest first. */
  readonly evidence: readonly ChainEvidence[];
  readonly counterEvidence: readonly ChainEvidence[];
  /** The change that is thought to have done it. */
  readonly changeId: string | null;
  /** Known errors that name the kind of trouble: `pack/id`. */
  readonly knownErrors: readonly string[];
  /** What the score was made from, by name. */
  readonly features: Readonly<Record<string, number>>;
}

/** A step that healthy chains have and this one lacks, or silence where they speak. */
export interface ChainGap {
  readonly kind: 'silent' | 'never_reached';
  readonly service: string;
  readonly text: string;
  /** After this there is nothing. */
  readonly after: string;
  /** Healthy chains have it within so long of what comes before. */
  readonly expectedWithinNs: string;
  /** Of healthy chains that have it, 0 to 1. */
  readonly healthyShare: number;
}

export const STEP_VERDICTS = ['missing', 'new', 'rare', 'slower', 'faster', 'same'] as const;
export type StepVerdict = (typeof STEP_VERDICTS)[number];

export interface ComparedStep {
  readonly service: string;
  /** The pattern's template or the span's name. */
  readonly text: string;
  /** Pattern id; empty for a span. */
  readonly patternId: string;
  readonly verdict: StepVerdict;
  /** Share of the healthy chains that have it, 0 to 1. */
  readonly healthyShare: number;
  /** From the chain's start, or the duration where the step has one. Null when unknown. */
  readonly healthy: LatencyBand | null;
  readonly hereNs: number | null;
  readonly measures: 'offset' | 'duration';
}

export interface HealthyComparison {
  /** Chains of the same entry that ended well and were looked at. */
  readonly chains: number;
  /** Chains of the same entry around the same time that did not. */
  readonly failedChains: number;
  readonly duration: LatencyBand | null;
  readonly from: string;
  readonly to: string;
  /** What differs first. */
  readonly steps: readonly ComparedStep[];
}

export interface ChainChange {
  readonly id: string;
  readonly kind: string;
  readonly timestamp: string;
  readonly service: string;
  readonly instance: string;
  readonly text: string;
}

export interface ChainEntry {
  readonly service: string;
  readonly instance: string;
  /** Span name, method or pattern of the first record. */
  readonly operation: string;
}

export interface Chain {
  readonly id: string;
  readonly kind: 'operation' | 'trace';
  readonly operationIds: readonly string[];
  readonly traceIds: readonly string[];
  /** Whom and what it was about: `userId`, `connectionId`, `conversationId` and other keys, few values each. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly environment: string;
  readonly entry: ChainEntry;
  readonly start: string;
  readonly end: string;
  readonly outcome: ChainOutcome;
  readonly counts: { readonly records: number; readonly spans: number };
  readonly lanes: readonly ChainLane[];
  readonly hops: readonly ChainHop[];
  /** In corrected order. Fewer than `counts` says when they are too many to send. */
  readonly records: readonly ChainRecord[];
  readonly spans: readonly ChainSpan[];
  /** From what was seen (first) to where it began (last). Empty when nothing went wrong. */
  readonly walk: readonly ChainStep[];
  /** The likeliest first. */
  readonly suspects: readonly ChainSuspect[];
  readonly gaps: readonly ChainGap[];
  /** Null when no chain of the same entry was found. */
  readonly healthy: HealthyComparison | null;
  /** What changed shortly before, newest first. */
  readonly changes: readonly ChainChange[];
  readonly partial: Partial | null;
  readonly cost: Cost;
}

export const chainRequestSchema: z.ZodType<ChainRequest> = z.object({
  by: z.enum(CHAIN_ANCHORS).default('auto'),
  at: timeSchema.optional(),
});

const count = z.number().int().nonnegative();
const durationSchema = z.string().regex(/^-?\d+$/);
const bandSchema: z.ZodType<LatencyBand> = z.object({ p50Ns: z.number(), p95Ns: z.number() });

const laneSchema: z.ZodType<ChainLane> = z.object({
  id: count,
  kind: z.enum(LANE_KINDS),
  service: z.string(),
  instance: z.string(),
  version: z.string(),
  clockOffsetNs: durationSchema,
  records: count,
  spans: count,
  errors: count,
});

const hopSchema: z.ZodType<ChainHop> = z.object({
  id: count,
  lane: count,
  start: nanosecondsSchema,
  end: nanosecondsSchema,
  operation: z.string(),
  status: z.enum(HOP_STATUSES),
  records: count,
  spans: count,
  parent: count.nullable(),
  link: z.enum(HOP_LINKS),
  selfNs: durationSchema,
  healthy: bandSchema.nullable(),
});

const linkSchema: z.ZodType<ChainLink> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('record'), id: z.string(), timestamp: nanosecondsSchema }),
  z.object({ kind: z.literal('span'), traceId: z.string(), spanId: z.string() }),
  z.object({ kind: z.literal('search'), query: z.string(), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('chain'), id: z.string() }),
  z.object({ kind: z.literal('change'), id: z.string() }),
  z.object({ kind: z.literal('error'), pack: z.string(), id: z.string() }),
]);

const statementShape = {
  kind: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  link: linkSchema.nullable(),
};

const stepSchema: z.ZodType<ChainStep> = z.object({
  number: count,
  kind: z.enum(STEP_KINDS),
  lane: count.nullable(),
  hop: count.nullable(),
  who: z.string(),
  time: nanosecondsSchema,
  severityNumber: z.number().int(),
  text: z.string(),
  why: z.array(z.object(statementShape)),
  link: linkSchema.nullable(),
});

const evidenceSchema: z.ZodType<ChainEvidence> = z.object({
  ...statementShape,
  weight: z.number(),
});

const suspectSchema: z.ZodType<ChainSuspect> = z.object({
  kind: z.enum(SUSPECT_KINDS),
  service: z.string(),
  instance: z.string(),
  version: z.string(),
  confidence: z.number().min(0).max(1),
  evidence: z.array(evidenceSchema),
  counterEvidence: z.array(evidenceSchema),
  changeId: z.string().nullable(),
  knownErrors: z.array(z.string()),
  features: z.record(z.string(), z.number()),
});

const gapSchema: z.ZodType<ChainGap> = z.object({
  kind: z.enum(['silent', 'never_reached']),
  service: z.string(),
  text: z.string(),
  after: nanosecondsSchema,
  expectedWithinNs: durationSchema,
  healthyShare: z.number(),
});

const comparedStepSchema: z.ZodType<ComparedStep> = z.object({
  service: z.string(),
  text: z.string(),
  patternId: z.string(),
  verdict: z.enum(STEP_VERDICTS),
  healthyShare: z.number(),
  healthy: bandSchema.nullable(),
  hereNs: z.number().nullable(),
  measures: z.enum(['offset', 'duration']),
});

const healthySchema: z.ZodType<HealthyComparison> = z.object({
  chains: count,
  failedChains: count,
  duration: bandSchema.nullable(),
  from: nanosecondsSchema,
  to: nanosecondsSchema,
  steps: z.array(comparedStepSchema),
});

const changeSchema: z.ZodType<ChainChange> = z.object({
  id: z.string(),
  kind: z.string(),
  timestamp: nanosecondsSchema,
  service: z.string(),
  instance: z.string(),
  text: z.string(),
});

export const chainEntrySchema: z.ZodType<ChainEntry> = z.object({
  service: z.string(),
  instance: z.string(),
  operation: z.string(),
});

export const chainSchema: z.ZodType<Chain> = z
  .object({
    id: z.string(),
    kind: z.enum(['operation', 'trace']),
    operationIds: z.array(z.string()),
    traceIds: z.array(z.string()),
    keys: z.record(z.string(), z.array(z.string())),
    environment: z.string(),
    entry: chainEntrySchema,
    start: nanosecondsSchema,
    end: nanosecondsSchema,
    outcome: z.enum(CHAIN_OUTCOMES),
    counts: z.object({ records: count, spans: count }),
    lanes: z.array(laneSchema),
    hops: z.array(hopSchema),
    records: z.array(z.object({ record: logRecordSchema, hop: count, via: z.enum(MEMBER_LINKS) })),
    spans: z.array(z.object({ span: spanSchema, hop: count })),
    walk: z.array(stepSchema),
    suspects: z.array(suspectSchema),
    gaps: z.array(gapSchema),
    healthy: healthySchema.nullable(),
    changes: z.array(changeSchema),
    partial: partialSchema,
    cost: costSchema,
  })
  .meta({ id: 'Chain' });

export const CHAIN: Route = {
  method: 'GET',
  path: '/api/v1/chains/{id}',
  scope: 'read',
  operationId: 'getChain',
  summary:
    'The chain of an operation or a trace, by its id or by a record or span of it; 404 when there is none',
  query: chainRequestSchema,
  response: { mediaTypes: ['application/json'], schema: chainSchema },
};
