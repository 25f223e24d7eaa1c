/** The flags that say which time a command is about. */
import type { TimeBoundsInput } from '@tendril/api/time-bounds';
import type { Flags, FlagValues } from './command.ts';
import { badUsage, badValue, textFlag } from './flag-values.ts';

export const RANGE_FLAGS: Flags = {
  since: { type: 'string', value: 'DURATION', summary: 'search.flag.since' },
  from: { type: 'string', value: 'TIME', summary: 'search.flag.from' },
  to: { type: 'string', value: 'TIME', summary: 'search.flag.to' },
};

export function rangeOf(flags: FlagValues): TimeBoundsInput {
  const [since, from, to] = ['since', 'from', 'to'].map((name) => textFlag(flags, name));
  if (since !== undefined && from !== undefined)
    throw badUsage('--since and --from exclude each other');
  if (since !== undefined && !/^\d+(?:ms|[smhdwMy])$/.test(since)) {
    throw badValue('--since', since, '15m, 2h, 7d');
  }
  const begin = since === undefined ? from : `now-${since}`;
  return { ...(begin !== undefined && { from: begin }), ...(to !== undefined && { to }) };
}
