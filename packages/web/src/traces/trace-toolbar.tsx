/** How the trace is shown: views, what is drawn, what is folded. */
import type { ReactElement } from 'react';
import { Tabs } from '../components/tabs.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { useText } from '../lib/text.tsx';
import type { TraceTree } from './trace-tree.ts';
import type { TraceAddress } from './trace-url.ts';
import type { ChangeTraceAddress } from './use-trace-address.ts';
import { foldable, foldDeepest, unfoldTop } from './waterfall-rows.ts';

export interface TraceToolbarProps {
  readonly address: TraceAddress;
  readonly tree: TraceTree;
  readonly folded: ReadonlySet<number>;
  readonly errors: number;
  readonly onChange: ChangeTraceAddress;
  readonly onFolded: (folded: ReadonlySet<number>) => void;
  readonly onNextError: () => void;
}

const VIEWS = [
  { id: 'waterfall', label: 'trace.view.waterfall' },
  { id: 'flame', label: 'trace.view.flame' },
  { id: 'table', label: 'trace.view.table' },
] as const;

export function TraceToolbar(props: TraceToolbarProps): ReactElement {
  const { address, onChange } = props;
  const { text } = useText();
  return (
    <div className="trace-toolbar">
      <Tabs
        label={text('trace.view')}
        tabs={VIEWS.map(({ id, label }) => ({ id, label: text(label) }))}
        chosen={address.view}
        onChoose={(view) => onChange({ view })}
      />
      {address.view === 'waterfall' && <WaterfallTools {...props} />}
    </div>
  );
}

function WaterfallTools(props: TraceToolbarProps): ReactElement {
  const { address, tree, folded, errors, onChange, onFolded, onNextError } = props;
  const { text, number } = useText();
  const { hasRecords, hasCriticalPath } = address;
  return (
    <>
      <button
        type="button"
        className="button small"
        aria-pressed={hasRecords}
        onClick={() => onChange({ hasRecords: !hasRecords }, { replace: true })}
      >
        {text('trace.toggle.records')}
      </button>
      <button
        type="button"
        className="button small"
        aria-pressed={hasCriticalPath}
        onClick={() => onChange({ hasCriticalPath: !hasCriticalPath }, { replace: true })}
      >
        {text('trace.toggle.path')}
      </button>
      {errors > 0 && (
        <button type="button" className="button small" onClick={onNextError}>
          {text('trace.error.next')} <span className="number dim">{number(errors)}</span>
        </button>
      )}
      <span className="grow" />
      {address.zoom && (
        <button
          type="button"
          className="button small"
          onClick={() => onChange({ zoom: undefined }, { replace: true })}
        >
          {text('trace.zoom.out')}
        </button>
      )}
      <IconButton
        icon="include"
        label={text('trace.fold.level')}
        onClick={() => onFolded(foldDeepest(tree, folded))}
      />
      <IconButton
        icon="only"
        label={text('trace.unfold.level')}
        onClick={() => onFolded(unfoldTop(tree, folded))}
      />
      <IconButton
        icon="expand"
        label={text('trace.fold.all')}
        onClick={() => onFolded(new Set(foldable(tree)))}
      />
      <IconButton
        icon="chevron"
        label={text('trace.unfold.all')}
        onClick={() => onFolded(new Set())}
      />
    </>
  );
}
