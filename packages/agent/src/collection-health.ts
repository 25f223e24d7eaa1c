/** What the agent knows of each of its sources, for people: is it read, how fast, how far behind, what was lost. */
import {
  COLLECTED_SOURCES_MAX,
  COLLECTED_TEXT_LENGTH_MAX,
  type CollectedKind,
  type CollectedSource,
  type CollectedState,
} from '@tendril/api/collectors';
import type { SourceEvent } from '@tendril/intake/sources/origin-lines';
import type { Rejected } from './otlp/export-response.ts';

export interface ReadLines {
  readonly kind: CollectedKind;
  /** Of the origin. */
  readonly name: string;
  /** Of the source of the configuration, which can be read again if it could not before. */
  readonly sourceName: string;
  readonly lineCount: number;
  /** When its newest record was written; undefined when none is complete yet. */
  readonly writtenMs: number | undefined;
}

interface Health {
  readonly kind: CollectedKind;
  heardMs: number;
  state: CollectedState;
  trouble: string;
  lines: number;
  linesBefore: number;
  lastLineMs: number | undefined;
  lagMs: number | undefined;
  gaps: number;
  lastGap: string;
}

/** What is closed, or cannot be reached and has no lines (an API), is told of so long. */
const TOLD_MS: number = 10 * 60 * 1000;

export class CollectionHealth {
  /** Acknowledged, refused for good, and why the last were; since the start. */
  sentRecords = 0;
  refusedRecords = 0;
  refusedReason = '';
  private readonly nowMs: () => number;
  /** By name: a log that rotates stays one. What was heard of last is the last of the map. */
  private readonly sources: Map<string, Health> = new Map();
  private reportedMs: number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
    this.reportedMs = nowMs();
  }

  read({ kind, lineCount, name, sourceName, writtenMs }: ReadLines): void {
    if (this.sources.get(sourceName)?.lines === 0) this.sources.delete(sourceName);
    const health = this.healthOf(kind, name);
    const nowMs = this.nowMs();
    health.state = 'open';
    health.trouble = '';
    health.lines += lineCount;
    health.lastLineMs = nowMs;
    if (writtenMs !== undefined) health.lagMs = Math.max(0, nowMs - writtenMs);
  }

  note(kind: CollectedKind, event: SourceEvent): void {
    const health = this.healthOf(kind, event.path);
    const detail = event.detail.slice(0, COLLECTED_TEXT_LENGTH_MAX);
    switch (event.kind) {
      case 'opened':
        health.state = 'open';
        health.trouble = '';
        break;
      case 'closed':
      case 'interrupted':
      case 'unreadable':
        health.state = event.kind;
        health.trouble = event.kind === 'closed' ? '' : detail;
        break;
      case 'possible_loss':
        health.gaps += 1;
        health.lastGap = detail;
        break;
      default:
        event.kind satisfies never;
    }
  }

  delivered(recordCount: number, refused?: Rejected): void {
    const refusedCount = Math.min(recordCount, refused?.count ?? 0);
    this.sentRecords += recordCount - refusedCount;
    this.refusedRecords += refusedCount;
    if (refused) this.refusedReason = refused.reason.slice(0, COLLECTED_TEXT_LENGTH_MAX);
  }

  /** Those that were heard of last come first; rates are since the report before. */
  report(): readonly CollectedSource[] {
    const nowMs = this.nowMs();
    const seconds = Math.max(1, nowMs - this.reportedMs) / 1000;
    this.reportedMs = nowMs;
    this.forgetOver(nowMs - TOLD_MS);
    const told = [...this.sources].map(([name, health]) => asSource(name, health, seconds));
    for (const health of this.sources.values()) health.linesBefore = health.lines;
    return told.toReversed();
  }

  private forgetOver(heardSinceMs: number): void {
    for (const [name, { heardMs, lines, state }] of this.sources) {
      if (heardMs >= heardSinceMs) return;
      const isOver = state === 'closed' || (state === 'interrupted' && lines === 0);
      if (isOver) this.sources.delete(name);
    }
  }

  private healthOf(kind: CollectedKind, name: string): Health {
    const health = this.sources.get(name) ?? {
      kind,
      heardMs: 0,
      state: 'open' as const,
      trouble: '',
      lines: 0,
      linesBefore: 0,
      lastLineMs: undefined,
      lagMs: undefined,
      gaps: 0,
      lastGap: '',
    };
    health.heardMs = this.nowMs();
    this.sources.delete(name);
    this.sources.set(name, health);
    const [oldest] = this.sources.keys();
    if (this.sources.size > COLLECTED_SOURCES_MAX && oldest !== undefined) {
      this.sources.delete(oldest);
    }
    return health;
  }
}

function asSource(name: string, health: Health, seconds: number): CollectedSource {
  const { gaps, kind, lagMs = null, lastGap, lastLineMs, lines, state, trouble } = health;
  return {
    kind,
    name: name.slice(0, COLLECTED_TEXT_LENGTH_MAX),
    state,
    trouble,
    lines,
    linesPerSecond: (lines - health.linesBefore) / seconds,
    lastLineAt: lastLineMs === undefined ? null : new Date(lastLineMs).toISOString(),
    lagMs,
    gaps,
    lastGap,
  };
}
