/** The pages that know more of an id: an operation's or trace's chain, a trace's spans. */
import { useCallback } from 'react';
import { useGo } from '../lib/navigation.ts';
import { useText } from '../lib/text.tsx';
import type { NamedValue } from './field-value.ts';
import { tracePath } from './trace-path.ts';
import type { ValueLink } from './value-actions.tsx';

export function useRecordLinks(): (value: NamedValue) => readonly ValueLink[] {
  const { text } = useText();
  const go = useGo();
  return useCallback(
    ({ field, value }) => {
      const chain: ValueLink = {
        id: `chain-${field}`,
        label: text('value.chain'),
        icon: 'chains',
        open: () => go({ path: `/chains/${encodeURIComponent(value)}`, search: {} }),
      };
      const trace: ValueLink = {
        id: 'trace',
        label: text('value.trace'),
        icon: 'traces',
        open: () => go({ path: tracePath(value), search: {} }),
      };
      if (field === 'operationId') return [chain];
      return field === 'traceId' ? [chain, trace] : [];
    },
    [text, go],
  );
}
