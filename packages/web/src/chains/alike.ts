/** Other chains that surfaced the same way. */
import type { Chain } from '@tendril/api/chain';
import { quoteText } from '@tendril/query/print';
import { absoluteRange } from '../lib/time-range.ts';
import type { Destination } from './chain-destination.ts';

const AROUND_NS = 1_800_000_000_000n;

/** The list of operations with the pattern of what was seen, half an hour to each side; undefined when no record tells of it. */
export function alikeDestination(chain: Chain): Destination | undefined {
  const [seen] = chain.walk;
  if (seen?.link?.kind !== 'record') return undefined;
  const { id } = seen.link;
  const found = chain.records.find(({ record }) => record.id === id);
  if (!found || found.record.patternId === '') return undefined;
  const at = BigInt(seen.time);
  const range = absoluteRange({ fromNs: at - AROUND_NS, toNs: at + AROUND_NS });
  return {
    path: '/chains',
    search: { ...range, q: `patternId:${quoteText(found.record.patternId)}` },
  };
}
