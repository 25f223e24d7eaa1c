/** The page of one trace: looked up by its id alone, whenever it happened. */
import type { ReactElement } from 'react';
import { Failure } from '@tendril/model/failure';
import { quoteText } from '@tendril/query/print';
import { FailureNote } from '../components/failure-note.tsx';
import { useGo } from '../lib/navigation.ts';
import { useText } from '../lib/text.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { ValueContext } from '../records/value-actions.tsx';
import { TraceView } from './trace-view.tsx';
import { useTrace } from './use-trace.ts';
import { useTraceAddress } from './use-trace-address.ts';
import { useTraceSearchValues } from './use-trace-values.ts';
import './traces.css';

const ID_CHARACTERS_MAX = 64;

export function TracePage(): ReactElement {
  const { text } = useText();
  const { traceId, address, change } = useTraceAddress();
  const { data, error, refetch } = useTrace(traceId);
  const handlers = useTraceSearchValues();
  if (error instanceof Failure && MISSING.has(error.code)) return <Missing traceId={traceId} />;
  return (
    <ValueContext value={handlers}>
      <div className="trace" aria-busy={data === undefined}>
        {error && <FailureNote error={error} onRetry={() => void refetch()} />}
        {!data && !error && (
          <p className="trace-loading dim" role="status">
            <span className="pulse" /> {text('trace.loading')}
          </p>
        )}
        {data && <TraceView traceId={traceId} trace={data} address={address} onChange={change} />}
      </div>
    </ValueContext>
  );
}

const MISSING: ReadonlySet<string> = new Set(['not_found', 'bad_trace_id', 'bad_request']);

function Missing({ traceId }: { readonly traceId: string }): ReactElement {
  const { text } = useText();
  const go = useGo();
  return (
    <div className="empty-page">
      <h1>{text('trace.missing')}</h1>
      <p className="mono">{visibleLine(traceId, ID_CHARACTERS_MAX)}</p>
      <p className="dim-2">{text('trace.missing.hint')}</p>
      <button
        type="button"
        className="button"
        onClick={() => go({ path: '/logs', search: { q: quoteText(traceId), from: 'now-7d' } })}
      >
        {text('trace.missing.logs')}
      </button>
    </div>
  );
}
