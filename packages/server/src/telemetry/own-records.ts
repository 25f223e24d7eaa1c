/** Tendril's own records on their way to its store: a bounded queue, and the lines of its log as records. */
import { z } from 'zod';

export interface OwnLogRecord {
  readonly timeNs: bigint;
  /** OpenTelemetry's number. */
  readonly severity: number;
  readonly body: string;
  /** Of the request or job that it tells of. */
  readonly trace: { readonly traceId: string; readonly spanId: string } | undefined;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** A second of a busy server is a few hundred; what is more is dropped and counted. */
const QUEUE_LENGTH_MAX = 10_000;

/** Takes what there is room for. */
export class OwnQueue<T> {
  readonly #lengthMax: number;
  #items: T[] = [];
  #dropped = 0;

  constructor(lengthMax: number = QUEUE_LENGTH_MAX) {
    this.#lengthMax = lengthMax;
  }

  add(item: T): void {
    if (this.#items.length < this.#lengthMax) this.#items.push(item);
    else this.#dropped += 1;
  }

  /** All, oldest first. */
  take(): readonly T[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  /** How many found no room since it was asked last. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}

const lineSchema = z.looseObject({
  level: z.number(),
  time: z.iso.datetime(),
  msg: z.string().catch(''),
  trace: z.object({ traceId: z.string(), spanId: z.string() }).optional().catch(undefined),
  err: z
    .object({ type: z.string(), message: z.string(), stack: z.string().default('') })
    .optional()
    .catch(undefined),
});

/** A line of our log; undefined when it tells of an insert of nothing but own records, or is no line of it. */
export function ownRecordOfLine(line: string): OwnLogRecord | undefined {
  // Never throws: whoever logs something odd has done nothing that may fail.
  const parsed = lineSchema.safeParse(JSON.parse(line));
  if (!parsed.success) return undefined;
  const { level, time, msg, trace, err, ...fields } = parsed.data;
  const { sources } = fields;
  if (Array.isArray(sources) && isOwn(sources)) return undefined;
  return {
    timeNs: BigInt(Date.parse(time)) * 1_000_000n,
    severity: severityOf(level),
    body: msg,
    trace,
    attributes: {
      ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainOf(value)])),
      ...(err && {
        'exception.type': err.type,
        'exception.message': err.message,
        'exception.stacktrace': err.stack,
      }),
    },
  };
}

// pino's levels are 10 to 60, OpenTelemetry's ranges begin at 1, 5, 9, 13, 17 and 21.
function severityOf(level: number): number {
  return Math.min(Math.max(Math.floor(level / 10) - 1, 0), 5) * 4 + 1;
}

function plainOf(value: unknown): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The accounts that own records are counted in. */
export const OWN_SOURCES = { logs: 'tendril', spans: 'tendril/traces' } as const;

const OWN: ReadonlySet<unknown> = new Set(Object.values(OWN_SOURCES));

/** Whether records of these accounts are all our own: then nothing is told of their way. */
export function isOwn(sources: readonly unknown[]): boolean {
  return sources.every((source) => OWN.has(source));
}
