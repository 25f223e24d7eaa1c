/** What of the search of traces is in its address: everything that a person would share. */
import { RANGE_DEFAULT, type RangeText } from '../lib/time-range.ts';

export const TRACE_SORTS = ['newest', 'longest', 'spans', 'errors'] as const;
export type TraceSort = (typeof TRACE_SORTS)[number];

/** Of one span: all that is set holds for the same span. Empty texts are not set. */
export interface TracesAddress {
  readonly query: string;
  readonly service: string;
  readonly operation: string;
  /** `key=value key2="value 2"`. */
  readonly tags: string;
  /** As people write them: `100ms`. */
  readonly longerThan: string;
  readonly shorterThan: string;
  readonly hasErrors: boolean;
  readonly range: RangeText;
  readonly sort: TraceSort;
  readonly limit: number;
  /** Ids of traces chosen to be compared. */
  readonly chosen: readonly string[];
}

export const TRACE_LIMITS = [20, 100, 500, 1_500] as const;
const LIMIT_DEFAULT = 100;
const CHOSEN_MAX = 2;

export function readTracesAddress(search: Readonly<Record<string, string>>): TracesAddress {
  const limit = Number(search['limit']);
  return {
    query: search['q'] ?? '',
    service: search['service'] ?? '',
    operation: search['operation'] ?? '',
    tags: search['tags'] ?? '',
    longerThan: search['min'] ?? '',
    shorterThan: search['max'] ?? '',
    hasErrors: search['errors'] === '1',
    range: {
      from: search['from'] ?? RANGE_DEFAULT.from,
      to: search['to'] ?? RANGE_DEFAULT.to,
    },
    sort: TRACE_SORTS.find((sort) => sort === search['sort']) ?? 'newest',
    limit: TRACE_LIMITS.find((each) => each === limit) ?? LIMIT_DEFAULT,
    chosen: (search['chosen'] ?? '').split(',').filter(Boolean).slice(0, CHOSEN_MAX),
  };
}

export function printTracesAddress(address: TracesAddress): Record<string, string> {
  const { range, sort, limit, chosen } = address;
  const isDefaultRange = range.from === RANGE_DEFAULT.from && range.to === RANGE_DEFAULT.to;
  return {
    q: address.query,
    service: address.service,
    operation: address.operation,
    tags: address.tags,
    min: address.longerThan,
    max: address.shorterThan,
    errors: address.hasErrors ? '1' : '',
    from: isDefaultRange ? '' : range.from,
    to: isDefaultRange ? '' : range.to,
    sort: sort === 'newest' ? '' : sort,
    limit: limit === LIMIT_DEFAULT ? '' : String(limit),
    chosen: chosen.slice(-CHOSEN_MAX).join(','),
  };
}
