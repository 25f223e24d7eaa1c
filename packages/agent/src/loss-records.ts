/** Gaps as records, so that they are found beside the logs that have them. */
import type { SourceEvent } from '@tendril/intake/sources/origin-lines';
import type { AgentPlace, CollectedLines, OpenedSource } from './agent-sources.ts';

/** Between records of losses; those in between are counted in the next. */
const LOSS_EVERY_MS = 1_000;
const LOSS_ID = 'agent:losses';
const LOSS_SOURCE: OpenedSource = {
  kind: undefined,
  config: { start: 'beginning', resource: {} },
  isOfThisHost: true,
  name: 'agent',
  open: async function* () {
    // It has no lines but those that are put.
  },
};

/** Gaps go where the logs go, so that they are found beside them: `event.name:tendril.possible_loss`. */
export class LossRecords {
  private readonly nowMs: () => number;
  private readonly put: (lines: CollectedLines) => void;
  private toldAtMs = Number.NEGATIVE_INFINITY;
  private untold = 0;

  constructor(nowMs: () => number, put: (lines: CollectedLines) => void) {
    this.nowMs = nowMs;
    this.put = put;
  }

  add({ detail, path }: SourceEvent): void {
    this.untold += 1;
    const nowMs = this.nowMs();
    if (nowMs - this.toldAtMs < LOSS_EVERY_MS) return;
    const line = JSON.stringify({
      time: new Date(nowMs).toISOString(),
      level: 'warn',
      msg: `lines may be missing: ${detail}`,
      'event.name': 'tendril.possible_loss',
      'log.name': path,
      'loss.count': this.untold,
    });
    this.toldAtMs = nowMs;
    this.untold = 0;
    const resource = { 'service.name': 'tendril-agent' };
    const placeAfter = (): AgentPlace => ({ id: LOSS_ID, cursor: '' });
    const origin = { id: LOSS_ID, name: 'agent', resource };
    this.put({ source: LOSS_SOURCE, origin, lines: [line], placeAfter, cutLines: 0 });
  }
}
