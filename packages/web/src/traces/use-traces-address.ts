/** The state of the search of traces, which is its address. */
import { useCallback, useMemo } from 'react';
import { useAddress, useGo } from '../lib/navigation.ts';
import { printTracesAddress, readTracesAddress, type TracesAddress } from './traces-url.ts';

export type ChangeTracesAddress = (
  changed: Partial<TracesAddress>,
  options?: { readonly replace?: boolean },
) => void;

export function useTracesAddress(): readonly [TracesAddress, ChangeTracesAddress] {
  const { search } = useAddress();
  const go = useGo();
  const address = useMemo(() => readTracesAddress(search), [search]);
  const change = useCallback<ChangeTracesAddress>(
    (changed, { replace = false } = {}) =>
      go({ search: printTracesAddress({ ...address, ...changed }), replace }),
    [address, go],
  );
  return [address, change];
}
