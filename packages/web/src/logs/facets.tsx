/**
 * The fields of the result with their most frequent values: include, exclude, only. Drawn only where
 * seen, so that ten thousand fields are as quick as ten.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useMemo, useRef, useState, type ReactElement } from 'react';
import type { LogFacet, LogFacetsResponse } from '@tendril/api/log-facets';
import { setPreferences, usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { FacetGroup, type FacetContext } from './facet-group.tsx';
import { facetList } from './facet-list.ts';

export interface FacetsProps extends Omit<FacetContext, 'isEstimate'> {
  readonly facets: LogFacetsResponse | undefined;
  /** How many there are, listed or not. */
  readonly fields: number;
  /** Part of a name, of a label or of a value. */
  readonly wanted: string;
  readonly onWanted: (wanted: string) => void;
  readonly isLoading: boolean;
}

const HEAD_PX = 28;
const VALUE_PX = 22;

export function Facets(props: FacetsProps): ReactElement {
  const { facets, fields, wanted, onWanted, isLoading, ...given } = props;
  const context = { ...given, isEstimate: facets?.basis.kind === 'sample' };
  const { text } = useText();
  const pinned = usePreference('pinnedFacets');
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const list = useMemo(
    () => facetList({ facets: facets?.facets ?? [], wanted, pinned, levels: context.levels }),
    [facets, wanted, pinned, context.levels],
  );
  const isOpen = (facet: LogFacet): boolean =>
    openByDefault(facet, pinned) !== toggled.has(facet.name);
  const keyOf = useCallback(
    (index: number) => `${list[index]?.storage} ${list[index]?.name}`,
    [list],
  );
  const virtualizer = useVirtualizer({
    count: list.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const facet = list[index];
      return facet && isOpen(facet)
        ? HEAD_PX + Math.min(5, facet.values.length) * VALUE_PX
        : HEAD_PX;
    },
    getItemKey: keyOf,
    overscan: 6,
    useFlushSync: false,
  });
  const toggle = (name: string): void =>
    setToggled((names) => names.symmetricDifference(new Set([name])));
  const pin = (name: string): void =>
    setPreferences({
      pinnedFacets: pinned.includes(name)
        ? pinned.filter((each) => each !== name)
        : [...pinned, name],
    });
  return (
    <aside className="facets" aria-label={text('facets.label')} aria-busy={isLoading}>
      <input
        className="field small facets-filter"
        type="search"
        placeholder={text('facets.filter', { count: fields })}
        aria-label={text('facets.filter', { count: fields })}
        value={wanted}
        onChange={({ currentTarget }) => onWanted(currentTarget.value)}
      />
      {facets?.basis.kind === 'sample' && (
        <p className="facets-basis dim">
          {text('facets.sample', {
            count: facets.basis.records,
            matching: facets.basis.matching,
          })}
        </p>
      )}
      {facets?.basis.kind === 'hours' && <p className="facets-basis dim">{text('facets.hours')}</p>}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div
        className="facets-list"
        ref={scroller}
        tabIndex={0}
        role="group"
        aria-label={text('facets.label')}
      >
        <div style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const facet = list[index];
            if (!facet) return null;
            return (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className="facet-place"
                style={{ transform: `translateY(${start}px)` }}
              >
                <FacetGroup
                  {...context}
                  facet={facet}
                  isOpen={isOpen(facet)}
                  isPinned={pinned.includes(facet.name)}
                  onToggle={toggle}
                  onPin={pin}
                />
              </div>
            );
          })}
        </div>
      </div>
    </aside>
  );
}

const OPEN: ReadonlySet<string> = new Set([
  'level',
  'service.name',
  'environment',
  'host.name',
  'errorCode',
  'operationId',
]);

function openByDefault({ name }: LogFacet, pinned: readonly string[]): boolean {
  return OPEN.has(name) || pinned.includes(name);
}
