/** What a trace is: its root, when, how long, how much of what. */
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { traceOtlpPath } from '@tendril/api/trace';
import { CopyButton } from '../components/copy-button.tsx';
import { Icon } from '../components/icon.tsx';
import { StatusLine } from '../components/status-line.tsx';
import { durationText } from '../lib/duration-text.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { dateTimeText } from '../lib/zone-time.ts';
import { ServiceName } from '../records/service-name.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { logsSearchOf } from './logs-search-of.ts';
import type { TraceTree } from './trace-tree.ts';
import type { TraceRecords } from './use-trace-records.ts';

export interface TraceHeadProps {
  readonly traceId: string;
  readonly tree: TraceTree;
  readonly records: TraceRecords | undefined;
  readonly find: ReactNode;
}

const NAME_CHARACTERS_MAX = 200;

export function TraceHead({ traceId, tree, records, find }: TraceHeadProps): ReactElement {
  const { text, number } = useText();
  const zone = usePreference('zone');
  const root = tree.spans[tree.order[0] ?? 0];
  const services = new Set(tree.spans.map(({ serviceName }) => serviceName));
  const errors = tree.spans.filter(({ status }) => status === 'error').length;
  const width = BigInt(Math.round(tree.widthNs));
  const depth = tree.depths.reduce((deepest, each) => Math.max(deepest, each), 0) + 1;
  return (
    <>
      <header className="page-head trace-head">
        <h1 className="trace-title">
          <ServiceName name={root?.serviceName ?? ''} />
          <bdi className="trace-root">{visibleLine(root?.name ?? '', NAME_CHARACTERS_MAX)}</bdi>
        </h1>
        {errors > 0 && (
          <span className="chip bad">
            {text('trace.facts.errors')} {number(errors)}
          </span>
        )}
        <span className="trace-id mono dim-2" title={traceId}>
          {visibleLine(traceId, 32).slice(0, 8)}…
        </span>
        <CopyButton value={traceId} />
        <a
          className="button icon ghost small"
          href={traceOtlpPath(traceId)}
          download
          aria-label={text('trace.download')}
          title={text('trace.download')}
        >
          <Icon name="download" sizePx={14} />
        </a>
        <span className="grow" />
        {find}
      </header>
      <div className="trace-facts number">
        <dl>
          <Fact name={text('trace.facts.start')}>
            {dateTimeText(tree.startNs, zone, 'millisecond')}
          </Fact>
          <Fact name={text('trace.facts.duration')}>{durationText(tree.widthNs)}</Fact>
          <Fact name={text('trace.facts.spans')}>{number(tree.spans.length)}</Fact>
          <Fact name={text('trace.facts.services')}>{number(services.size)}</Fact>
          <Fact name={text('trace.facts.depth')}>{number(depth)}</Fact>
          {records && (
            <Fact name={text('trace.facts.records')}>
              {records.isCut
                ? text('trace.records.cut', { count: number(records.records.length) })
                : number(records.records.length)}
            </Fact>
          )}
        </dl>
        <span className="grow" />
        <Link
          to="/logs"
          search={logsSearchOf({ traceId, startNs: tree.startNs, durationNs: width })}
        >
          {text('trace.logs')}
        </Link>
        <Link to={`/chains/${encodeURIComponent(traceId)}`}>{text('value.chain')}</Link>
      </div>
      <StatusLine>
        <span className="mono">{visibleLine(traceId, 64)}</span>
      </StatusLine>
    </>
  );
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
