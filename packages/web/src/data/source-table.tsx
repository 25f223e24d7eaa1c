/** What each source sent and what became of it. The figures add up: that is what they are for. */
import type { ReactElement } from 'react';
import type { SourceAccountStatus } from '@tendril/api/status';
import type { PageMessageId } from '@tendril/messages/page';
import { agoText } from '../lib/ago-text.ts';
import { useText } from '../lib/text.tsx';
import { serverNowNs } from '../lib/time-range.ts';
import type { ServerHealth } from '../lib/use-status.ts';
import { visibleLine } from '../records/visible-text.ts';
import { DataTable } from './data-table.tsx';

const CHARACTERS_MAX = 64;

export function SourceTable({ health }: { readonly health: ServerHealth }): ReactElement {
  const { text, number, locale } = useText();
  const { status, sourceRates } = health;
  const nowMs = Number(serverNowNs() / 1_000_000n);
  return (
    <DataTable
      title={text('data.sources')}
      hint={text('data.sources.hint')}
      empty={text('data.sources.none')}
      heads={[
        text('health.account.source'),
        text('data.rate'),
        text('data.lastSeen'),
        text('health.account.received'),
        text('health.account.stored'),
        text('data.pending'),
        text('data.duplicate'),
        text('data.lost'),
      ]}
      rows={status.accounts.map((account) => ({
        key: account.source,
        cells: [
          visibleLine(account.source, CHARACTERS_MAX),
          rateText(sourceRates.get(account.source), number),
          account.lastSeenAt === null
            ? text('data.notSinceStart')
            : agoText(Date.parse(account.lastSeenAt), { nowMs, locale }),
          number(account.received),
          number(account.stored),
          number(account.pending),
          number(account.duplicate),
          <Losses key="losses" account={account} />,
        ],
      }))}
    />
  );
}

function rateText(rate: number | undefined, number: (value: number) => string): string {
  if (rate === undefined) return '–';
  return `${number(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))}/s`;
}

const REASONS: Readonly<Record<string, PageMessageId>> = {
  malformed: 'data.reason.malformed',
  too_deep: 'data.reason.too_deep',
  too_large: 'data.reason.too_large',
  bad_id: 'data.reason.bad_id',
};

function Losses({ account }: { readonly account: SourceAccountStatus }): ReactElement {
  const { text, number } = useText();
  const { rejected, shed, quarantined, dropped } = account;
  const parts = [
    ...Object.entries(rejected).map(([code, count]) => {
      const id = REASONS[code];
      return { count, says: id === undefined ? visibleLine(code, CHARACTERS_MAX) : text(id) };
    }),
    { count: shed, says: text('data.shed') },
    { count: quarantined, says: text('data.quarantined') },
    { count: dropped, says: text('data.dropped') },
  ].filter(({ count }) => count > 0);
  if (parts.length === 0) return <span className="dim">0</span>;
  return (
    <span className="data-losses">
      {parts.map(({ count, says }) => (
        <span key={says} className="chip warn">
          {number(count)} · {says}
        </span>
      ))}
    </span>
  );
}
