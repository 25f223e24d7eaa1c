/** What each agent reads, and how each of its sources is. Those that want somebody come first. */
import type { ReactElement } from 'react';
import type { CollectedSource, Collector } from '@tendril/api/collectors';
import { FailureNote } from '../components/failure-note.tsx';
import { agoText } from '../lib/ago-text.ts';
import { durationText } from '../lib/duration-text.ts';
import { useText } from '../lib/text.tsx';
import { serverNowNs } from '../lib/time-range.ts';
import { visibleLine } from '../records/visible-text.ts';
import { DataTable } from './data-table.tsx';
import { useCollectors } from './use-collectors.ts';

/** Rows of one agent; its report may have a thousand. */
const SOURCES_SHOWN = 100;
const CHARACTERS_MAX = 200;
const NS_PER_MS = 1e6;

export function CollectorTables(): ReactElement {
  const { data, error, refetch } = useCollectors();
  return (
    <>
      {error && <FailureNote error={error} onRetry={() => void refetch()} />}
      {data?.collectors.map((collector) => (
        <CollectorTable key={collector.id} collector={collector} />
      ))}
    </>
  );
}

function CollectorTable({ collector }: { readonly collector: Collector }): ReactElement {
  const { text, number, locale } = useText();
  const { host, lastSeenAt, refusedReason, refusedRecords, sources } = collector;
  const nowMs = Number(serverNowNs() / 1_000_000n);
  const ago = (time: string): string => agoText(Date.parse(time), { nowMs, locale });
  const hint = text('data.collected.hint', {
    sent: collector.sentRecords,
    waiting: collector.waitingRecords,
    ago: ago(lastSeenAt),
  });
  const left = sources.length - SOURCES_SHOWN;
  return (
    <>
      <DataTable
        title={text('data.collected', { host: visibleLine(host, CHARACTERS_MAX) })}
        hint={hint}
        empty={text('data.collected.none')}
        heads={[
          text('health.account.source'),
          text('data.collected.kind'),
          text('data.collected.state'),
          text('data.rate'),
          text('data.lastSeen'),
          text('data.collected.lines'),
          text('data.collected.lag'),
          text('data.gaps'),
        ]}
        rows={worstFirst(sources)
          .slice(0, SOURCES_SHOWN)
          .map((source) => ({
            key: source.name,
            cells: [
              visibleLine(source.name, CHARACTERS_MAX),
              source.kind,
              <State key="state" source={source} />,
              `${number(Number(source.linesPerSecond.toPrecision(3)))}/s`,
              source.lastLineAt === null ? '–' : ago(source.lastLineAt),
              number(source.lines),
              source.lagMs === null ? '–' : durationText(source.lagMs * NS_PER_MS),
              <Gaps key="gaps" source={source} />,
            ],
          }))}
      />
      {refusedRecords > 0 && (
        <p className="chip warn">
          {text('data.collected.refused', {
            count: refusedRecords,
            reason: visibleLine(refusedReason, CHARACTERS_MAX),
          })}
        </p>
      )}
      {left > 0 && <p className="dim">{text('data.collected.more', { count: left })}</p>}
    </>
  );
}

function State({ source }: { readonly source: CollectedSource }): ReactElement {
  const { text } = useText();
  const { state, trouble } = source;
  const says = text('data.collected.state.of', { state });
  if (trouble === '') return <span className="dim">{says}</span>;
  return (
    <span className="chip bad">
      {says} · {visibleLine(trouble, CHARACTERS_MAX)}
    </span>
  );
}

function Gaps({ source }: { readonly source: CollectedSource }): ReactElement {
  const { text } = useText();
  const { gaps, lastGap } = source;
  if (gaps === 0) return <span className="dim">0</span>;
  return (
    <span className="chip warn" title={visibleLine(lastGap, CHARACTERS_MAX)}>
      {text('data.collected.missing', { count: gaps })}
    </span>
  );
}

const URGENCY = { unreadable: 3, interrupted: 2, open: 0, closed: 0 } as const;

function worstFirst(sources: readonly CollectedSource[]): readonly CollectedSource[] {
  const urgency = ({ gaps, state }: CollectedSource): number => URGENCY[state] + (gaps > 0 ? 1 : 0);
  return sources.toSorted((left, right) => urgency(right) - urgency(left));
}
