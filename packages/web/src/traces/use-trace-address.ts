/** The state of the page of a trace, which is its address. */
import { useCallback, useMemo } from 'react';
import { useAddress, useGo } from '../lib/navigation.ts';
import { printTraceAddress, readTraceAddress, type TraceAddress } from './trace-url.ts';

export type ChangeTraceAddress = (
  changed: Partial<TraceAddress>,
  options?: { readonly replace?: boolean },
) => void;

export interface UsedTraceAddress {
  readonly traceId: string;
  readonly address: TraceAddress;
  readonly change: ChangeTraceAddress;
}

export function useTraceAddress(): UsedTraceAddress {
  const { path, search } = useAddress();
  const go = useGo();
  const address = useMemo(() => readTraceAddress(search), [search]);
  const change = useCallback<ChangeTraceAddress>(
    (changed, { replace = false } = {}) =>
      go({ search: printTraceAddress({ ...address, ...changed }), replace }),
    [address, go],
  );
  return { traceId: path.split('/').at(-1) ?? '', address, change };
}
