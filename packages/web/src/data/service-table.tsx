/** How steadily each service speaks, and when it fell silent. */
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { FailureNote } from '../components/failure-note.tsx';
import { agoText } from '../lib/ago-text.ts';
import { durationText } from '../lib/duration-text.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { serverNowNs } from '../lib/time-range.ts';
import { clockText } from '../lib/zone-time.ts';
import { ServiceName } from '../records/service-name.tsx';
import { TrendBars } from '../records/trend-bars.tsx';
import { DataTable } from './data-table.tsx';
import { gapsOf } from './gaps.ts';
import {
  FLOW_BUCKET_MS,
  flowRange,
  useServiceFlows,
  type ServiceFlow,
} from './use-service-flow.ts';

const REFRESH_MS = 60_000;
const NS_PER_MS = 1_000_000n;
const GAPS_SHOWN = 2;

export function ServiceTable(): ReactElement {
  const { text, number, locale } = useText();
  const [nowNs, setNowNs] = useState(serverNowNs);
  useEffect(() => {
    const timer = setInterval(() => setNowNs(serverNowNs()), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const range = useMemo(() => flowRange(nowNs), [nowNs]);
  const { flows, error, isLoading } = useServiceFlows(range);
  const nowMs = Number(nowNs / NS_PER_MS);
  return (
    <>
      {error !== null && error !== undefined && <FailureNote error={error} />}
      <DataTable
        title={text('data.services')}
        hint={text('data.services.hint')}
        empty={text(isLoading ? 'health.unknown' : 'data.services.none')}
        heads={[
          text('data.service'),
          text('data.flow'),
          text('records.title'),
          text('data.lastSeen'),
          text('data.lag'),
          text('data.gaps'),
        ]}
        rows={flows.map((flow) => ({
          key: flow.service,
          cells: [
            <ServiceName key="name" name={flow.service === '' ? '–' : flow.service} />,
            <TrendBars
              key="flow"
              counts={flow.counts}
              level="info"
              label={text('data.flow.of', { service: flow.service })}
            />,
            number(flow.records),
            agoText(Number(flow.arrivedNs / NS_PER_MS), { nowMs, locale }),
            lagText(flow),
            <Gaps key="gaps" flow={flow} fromNs={range.fromNs} />,
          ],
        }))}
      />
    </>
  );
}

/** Clocks that are ahead make it negative; that is no lag. */
function lagText({ arrivedNs, newestNs }: ServiceFlow): string {
  const lagNs = Number(arrivedNs - newestNs);
  return lagNs <= 0 ? '0' : durationText(lagNs);
}

interface GapsProps {
  readonly flow: ServiceFlow;
  readonly fromNs: bigint;
}

function Gaps({ flow, fromNs }: GapsProps): ReactElement {
  const { text } = useText();
  const zone = usePreference('zone');
  const gaps = gapsOf(flow.counts);
  if (gaps.length === 0) return <span className="dim">–</span>;
  const clock = (bucket: number): string => {
    const ns = fromNs + BigInt(bucket * FLOW_BUCKET_MS) * NS_PER_MS;
    return clockText(ns, zone, 'second').slice(0, 5);
  };
  const shown = gaps.slice(-GAPS_SHOWN);
  return (
    <span className="data-losses">
      {shown.map(({ from, to }) => (
        <span key={from} className="chip warn">
          {to >= flow.counts.length
            ? text('data.gap.since', { from: clock(from) })
            : text('data.gap', { from: clock(from), to: clock(to) })}
        </span>
      ))}
      {gaps.length > shown.length && (
        <span className="dim">{text('patterns.more', { count: gaps.length - shown.length })}</span>
      )}
    </span>
  );
}
