/** Two traces beside each other: which operations only one has, which became slower. */
import { Link } from '@tanstack/react-router';
import { useMemo, useState, type ReactElement } from 'react';
import type { PageMessageId } from '@tendril/messages/page';
import { FailureNote } from '../components/failure-note.tsx';
import { durationText } from '../lib/duration-text.ts';
import { useAddress, useGo } from '../lib/navigation.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { dateTimeText } from '../lib/zone-time.ts';
import { ServiceName } from '../records/service-name.tsx';
import { tracePath } from '../records/trace-path.ts';
import { visibleLine } from '../records/visible-text.ts';
import { callPaths, type CallPath } from './call-paths.ts';
import { DepthGuides } from './depth-guides.tsx';
import { traceDiff, type DiffRow, type PathChange } from './trace-diff.ts';
import { traceTree, type TraceTree } from './trace-tree.ts';
import { useTrace } from './use-trace.ts';
import './traces.css';

const ROWS_SHOWN_MAX = 1_000;
const NAME_CHARACTERS_MAX = 200;
const SIGNS: Readonly<Record<PathChange, string>> = {
  onlyA: '−',
  onlyB: '+',
  slower: '▲',
  faster: '▼',
  alike: '',
};
const NAMES: Readonly<Record<PathChange, PageMessageId>> = {
  onlyA: 'compare.onlyA',
  onlyB: 'compare.onlyB',
  slower: 'compare.slower',
  faster: 'compare.faster',
  alike: 'compare.alike',
};

export function ComparePage(): ReactElement {
  const { text, number } = useText();
  const { search } = useAddress();
  const go = useGo();
  const [isWhole, setWhole] = useState(false);
  const [a, b] = [search['a'] ?? '', search['b'] ?? ''];
  const first = useTrace(a);
  const second = useTrace(b);
  const treeA = useMemo(() => first.data && traceTree(first.data.spans), [first.data]);
  const treeB = useMemo(() => second.data && traceTree(second.data.spans), [second.data]);
  const rows = useMemo(
    () => (treeA && treeB ? traceDiff(callPaths(treeA), callPaths(treeB)) : []),
    [treeA, treeB],
  );
  const shown = isWhole ? rows : rows.filter(({ change }) => change !== 'alike');
  const counts = Object.groupBy(rows, ({ change }) => change);
  return (
    <div className="trace compare">
      <header className="page-head">
        <h1>{text('compare.title')}</h1>
        <span className="grow" />
        <button
          type="button"
          className="button"
          onClick={() => go({ search: { a: b, b: a }, replace: true })}
        >
          {text('compare.swap')}
        </button>
      </header>
      {first.error && <FailureNote error={first.error} />}
      {second.error && <FailureNote error={second.error} />}
      <div className="compare-heads">
        <TraceName letter="A" traceId={a} tree={treeA} />
        <TraceName letter="B" traceId={b} tree={treeB} />
      </div>
      <div className="trace-toolbar">
        {(['slower', 'faster', 'onlyA', 'onlyB'] as const).map((change) => (
          <span key={change} className={`chip change-${change}`}>
            {SIGNS[change]} {text(NAMES[change])}{' '}
            <b className="number">{number(counts[change]?.length ?? 0)}</b>
          </span>
        ))}
        <span className="grow" />
        <label className="traces-check">
          <input
            type="checkbox"
            checked={isWhole}
            onChange={({ currentTarget }) => setWhole(currentTarget.checked)}
          />
          {text('compare.all')}
        </label>
      </div>
      <div className="compare-rows" aria-busy={!treeA || !treeB}>
        <table className="compare-table">
          <caption className="visually-hidden">{text('compare.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{text('trace.column.span')}</th>
              <th scope="col">{text('compare.change')}</th>
              <th scope="col">A</th>
              <th scope="col">B</th>
              <th scope="col">{text('compare.delta')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, ROWS_SHOWN_MAX).map((row) => (
              <CompareRow key={row.key} row={row} />
            ))}
          </tbody>
        </table>
        {treeA && treeB && shown.length === 0 && (
          <p className="empty-page">{text('compare.same')}</p>
        )}
        {shown.length > ROWS_SHOWN_MAX && (
          <p className="dim span-more number">+ {number(shown.length - ROWS_SHOWN_MAX)}</p>
        )}
      </div>
    </div>
  );
}

interface TraceNameProps {
  readonly letter: string;
  readonly traceId: string;
  readonly tree: TraceTree | undefined;
}

function TraceName({ letter, traceId, tree }: TraceNameProps): ReactElement {
  const { text } = useText();
  const zone = usePreference('zone');
  const root = tree?.spans[tree.order[0] ?? 0];
  return (
    <Link to={tracePath(traceId)} className="compare-head">
      <b>{letter}</b>
      <span>
        <ServiceName name={root?.serviceName ?? ''} />{' '}
        <bdi>{visibleLine(root?.name ?? '', NAME_CHARACTERS_MAX)}</bdi>
        <br />
        <span className="dim-2 number">
          {tree &&
            `${dateTimeText(tree.startNs, zone, 'millisecond')} · ${durationText(tree.widthNs)} · ${text('traces.spans', { count: tree.spans.length })}`}
        </span>
      </span>
    </Link>
  );
}

function CompareRow({ row }: { readonly row: DiffRow }): ReactElement {
  const { text } = useText();
  const { change, depth, service, operation, a, b, deltaNs } = row;
  return (
    <tr className={`change-${change}`}>
      <th scope="row">
        <span className="span-name">
          <DepthGuides depth={depth} />
          <span className="span-service">
            <ServiceName name={service} />
          </span>
          <bdi className="span-operation">{visibleLine(operation, NAME_CHARACTERS_MAX)}</bdi>
        </span>
      </th>
      <td>
        {SIGNS[change]} {change === 'alike' ? '' : text(NAMES[change])}
      </td>
      <Times path={a} />
      <Times path={b} />
      <td className="number">
        {deltaNs > 0 ? '+' : ''}
        {deltaNs === 0 ? '' : durationText(deltaNs)}
      </td>
    </tr>
  );
}

function Times({ path }: { readonly path: CallPath | undefined }): ReactElement {
  const { text, number } = useText();
  if (!path) return <td className="number">–</td>;
  return (
    <td className="number">
      {durationText(path.totalNs)}
      {path.spans > 1 && <span className="dim"> × {number(path.spans)}</span>}
      {path.errors > 0 && (
        <span className="chip bad">{text('traces.errors', { count: path.errors })}</span>
      )}
    </td>
  );
}
