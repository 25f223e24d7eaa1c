/** Where the links of a chain's evidence lead in the pages. */
import type { Chain, ChainLink } from '@tendril/api/chain';
import { quoteText } from '@tendril/query/print';
import { recordKey } from '../records/record-key.ts';
import { absoluteRange } from '../lib/time-range.ts';

export interface Destination {
  readonly path: string;
  readonly search: Readonly<Record<string, string>>;
}

/** Around a record that is opened by itself. */
const AROUND_NS = 300_000_000_000n;
/** A chain's own records lie a little beyond its hops when clocks differ. */
const BESIDE_NS = 60_000_000_000n;

/** Undefined for what no page shows. */
export function destinationOf(link: ChainLink): Destination | undefined {
  switch (link.kind) {
    case 'record': {
      const at = BigInt(link.timestamp);
      const range = absoluteRange({ fromNs: at - AROUND_NS, toNs: at + AROUND_NS });
      return { path: '/logs', search: { ...range, record: recordKey(link) } };
    }
    case 'span':
      return { path: `/traces/${encodeURIComponent(link.traceId)}`, search: { span: link.spanId } };
    case 'search':
      return { path: '/logs', search: { q: link.query, from: link.from, to: link.to } };
    case 'chain':
      return chainDestination(link.id);
    case 'change':
    case 'error':
      return undefined;
  }
}

export function chainDestination(id: string): Destination {
  return { path: `/chains/${encodeURIComponent(id)}`, search: {} };
}

/** All records of the chain, on the log page. */
export function recordsDestination(chain: Chain): Destination {
  const range = absoluteRange({
    fromNs: BigInt(chain.start) - BESIDE_NS,
    toNs: BigInt(chain.end) + BESIDE_NS,
  });
  return { path: '/logs', search: { ...range, q: recordsQuery(chain) } };
}

function recordsQuery({ operationIds, traceIds }: Chain): string {
  return [
    ...operationIds.map((id) => `operationId:${quoteText(id)}`),
    ...traceIds.map((id) => `traceId:${quoteText(id)}`),
  ].join(' or ');
}
