/** Records and spans of a chain as one list, in the order of the corrected clocks. */
import type { Chain, ChainLane, MemberLink } from '@tendril/api/chain';
import type { LogRecord } from '@tendril/model/log-record';
import type { Span } from '@tendril/model/span';

export interface ChainLine {
  readonly key: string;
  /** Corrected. */
  readonly timeNs: bigint;
  readonly lane: ChainLane;
  readonly member:
    | { readonly kind: 'record'; readonly record: LogRecord; readonly via: MemberLink }
    | { readonly kind: 'span'; readonly span: Span };
}

/** `lane` -1: of all lanes. */
export function chainLines(chain: Chain, lane: number): readonly ChainLine[] {
  const lanes = new Map(chain.lanes.map((each) => [each.id, each]));
  const laneOfHop = new Map(chain.hops.map((hop) => [hop.id, lanes.get(hop.lane)]));
  const lines: ChainLine[] = [];
  const add = (hop: number, timestamp: string, key: string, member: ChainLine['member']): void => {
    const of = laneOfHop.get(hop);
    if (!of || (lane >= 0 && of.id !== lane)) return;
    lines.push({ key, timeNs: BigInt(timestamp) + BigInt(of.clockOffsetNs), lane: of, member });
  };
  for (const { record, hop, via } of chain.records) {
    add(hop, record.timestamp, `r${record.timestamp}${record.id}`, { kind: 'record', record, via });
  }
  for (const { span, hop } of chain.spans) {
    add(hop, span.timestamp, `s${span.timestamp}${span.id}`, { kind: 'span', span });
  }
  return lines.sort((a, b) => (a.timeNs === b.timeNs ? 0 : a.timeNs < b.timeNs ? -1 : 1));
}
