/**
 * What agents said last of what they collect. It is kept in memory alone: agents report every few seconds, so after
 * a start it is whole again as soon as it is asked for.
 */
import type { Collector, CollectorReport } from '@tendril/api/collectors';

/** An agent that was not heard of for so long is forgotten. */
const REMEMBERED_MS: number = 24 * 60 * 60 * 1000;
export const COLLECTORS_MAX = 1_000;
/** Of all agents; each takes some hundred bytes. Those that were heard of last stay. */
export const SOURCES_MAX = 50_000;

interface Heard {
  readonly report: CollectorReport;
  readonly atMs: number;
}

export class CollectorReports {
  private readonly nowMs: () => number;
  /** By id; the one that reported last is the last of the map. */
  private readonly reports: Map<string, Heard> = new Map();
  private sourceCount = 0;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  put(report: CollectorReport): void {
    this.forget(report.id);
    this.reports.set(report.id, { report, atMs: this.nowMs() });
    this.sourceCount += report.sources.length;
    this.forgetOldest();
  }

  /** By host. */
  list(): readonly Collector[] {
    this.forgetOldest();
    return [...this.reports.values()].map(asCollector).toSorted(byHost);
  }

  private forgetOldest(): void {
    const goneMs = this.nowMs() - REMEMBERED_MS;
    for (const [id, { atMs }] of this.reports) {
      const isTooMany = this.reports.size > COLLECTORS_MAX || this.sourceCount > SOURCES_MAX;
      if (!isTooMany && atMs >= goneMs) return;
      this.forget(id);
    }
  }

  private forget(id: string): void {
    this.sourceCount -= this.reports.get(id)?.report.sources.length ?? 0;
    this.reports.delete(id);
  }
}

function asCollector({ atMs, report }: Heard): Collector {
  return { ...report, lastSeenAt: new Date(atMs).toISOString() };
}

function byHost(left: Collector, right: Collector): number {
  return left.host.localeCompare(right.host) || (left.id < right.id ? -1 : 1);
}
