/** The traces that were found: what each began with, how long it took, which services took part. */
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { TraceSummary } from '@tendril/api/trace-search';
import { durationText } from '../lib/duration-text.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { clockText, dateTimeText } from '../lib/zone-time.ts';
import { serviceColour, ServiceName } from '../records/service-name.tsx';
import { tracePath } from '../records/trace-path.ts';
import { visibleLine } from '../records/visible-text.ts';

export interface TraceListProps {
  readonly traces: readonly TraceSummary[];
  readonly chosen: readonly string[];
  readonly onChosen: (traceIds: readonly string[]) => void;
}

const NAME_CHARACTERS_MAX = 200;
const SERVICES_SHOWN = 6;

export function TraceList({ traces, chosen, onChosen }: TraceListProps): ReactElement {
  const { text } = useText();
  const longest = traces.reduce((most, { durationNs }) => Math.max(most, Number(durationNs)), 1);
  return (
    <ul className="trace-list" aria-label={text('traces.list')}>
      {traces.map((trace) => (
        <TraceEntry
          key={trace.traceId}
          trace={trace}
          longestNs={longest}
          isChosen={chosen.includes(trace.traceId)}
          onChoose={() => onChosen(toggled(chosen, trace.traceId))}
        />
      ))}
    </ul>
  );
}

function toggled(chosen: readonly string[], traceId: string): readonly string[] {
  return chosen.includes(traceId)
    ? chosen.filter((each) => each !== traceId)
    : [...chosen, traceId].slice(-2);
}

interface TraceEntryProps {
  readonly trace: TraceSummary;
  readonly longestNs: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function TraceEntry({ trace, longestNs, isChosen, onChoose }: TraceEntryProps): ReactElement {
  const { text, number } = useText();
  const zone = usePreference('zone');
  const startNs = BigInt(trace.timestamp);
  const others = trace.services.length - SERVICES_SHOWN;
  return (
    <li className="trace-entry">
      <input
        type="checkbox"
        checked={isChosen}
        aria-label={text('traces.choose', { id: trace.traceId.slice(0, 8) })}
        title={text('traces.choose', { id: trace.traceId.slice(0, 8) })}
        onChange={onChoose}
      />
      <Link to={tracePath(trace.traceId)} className="trace-link">
        <time className="number" title={dateTimeText(startNs, zone, 'nanosecond')}>
          {clockText(startNs, zone, 'millisecond')}
        </time>
        <span className="trace-duration">
          <i style={{ width: `${(Number(trace.durationNs) / longestNs) * 100}%` }} />
          <b className="number">{durationText(Number(trace.durationNs))}</b>
        </span>
        <span className="trace-entry-name">
          <ServiceName name={trace.root.service} />
          <bdi className="dim-2">{visibleLine(trace.root.name, NAME_CHARACTERS_MAX)}</bdi>
          {!trace.root.isWhole && (
            <span className="chip warn" title={text('traces.notWhole.title')}>
              {text('traces.notWhole')}
            </span>
          )}
        </span>
        <span className="number dim-2">{text('traces.spans', { count: trace.spans })}</span>
        <span>
          {trace.errors > 0 && (
            <span className="chip bad">{text('traces.errors', { count: trace.errors })}</span>
          )}
        </span>
        <span className="trace-services">
          <ServiceBar trace={trace} />
          <span className="trace-service-names">
            {trace.services.slice(0, SERVICES_SHOWN).map(({ service, spans, errors }) => (
              <span key={service} className={errors > 0 ? 'has-errors' : ''}>
                <ServiceName name={service} /> <span className="number dim">{number(spans)}</span>
              </span>
            ))}
            {others > 0 && <span className="dim number">+{others}</span>}
          </span>
        </span>
      </Link>
    </li>
  );
}

/** How many of the spans are of which service. */
function ServiceBar({ trace }: { readonly trace: TraceSummary }): ReactElement {
  return (
    <span className="service-bar" aria-hidden>
      {trace.services.map(({ service, spans }) => (
        <i key={service} style={{ flexGrow: spans, background: serviceColour(service) }} />
      ))}
    </span>
  );
}
