/** Rate, lag and losses of ingest in one chip; all figures in the card behind it. */
import { Popover } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Status } from '@tendril/api/status';
import { byteSizeText } from '../lib/byte-size.ts';
import { useText } from '../lib/text.tsx';
import { lostBy, storedRecords, useStatus, type ServerHealth } from '../lib/use-status.ts';

export function HealthChip(): ReactElement {
  const { text } = useText();
  const { data, isError } = useStatus();
  const tone = toneOf(data, isError);
  return (
    <Popover position="top-start" withinPortal={false} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={`chip health-chip ${tone}`} title={text('health.title')}>
          <span className="health-dot" />
          <HealthWords health={data} isError={isError} />
        </button>
      </Popover.Target>
      <Popover.Dropdown>{data && <HealthCard status={data.status} />}</Popover.Dropdown>
    </Popover>
  );
}

function toneOf(health: ServerHealth | undefined, isError: boolean): 'ok' | 'warn' | 'bad' {
  if (isError) return 'bad';
  if (!health) return 'warn';
  const { engine, pipeline, accounts } = health.status;
  if (pipeline.refusing !== null) return 'bad';
  if (engine.state === 'away') return 'warn';
  return accounts.some((account) => lostBy(account) > 0) ? 'warn' : 'ok';
}

interface HealthWordsProps {
  readonly health: ServerHealth | undefined;
  readonly isError: boolean;
}

function HealthWords({ health, isError }: HealthWordsProps): ReactElement {
  const { text, shortNumber } = useText();
  if (isError) return <span>{text('health.unreachable')}</span>;
  if (!health) return <span>{text('health.unknown')}</span>;
  const { engine, pipeline, accounts } = health.status;
  const lost = accounts.reduce((sum, account) => sum + lostBy(account), 0);
  const words = [
    stateWord(text, health.status),
    text('health.rate', { rate: shortNumber(Math.round(health.recordsPerSecond ?? 0)) }),
    ...(engine.state === 'ready'
      ? [text('health.lag', { seconds: Math.round(pipeline.lagMs / 100) / 10 })]
      : []),
    ...(lost > 0 ? [text('health.rejected', { count: lost })] : []),
  ];
  return <span className="number">{words.join(' · ')}</span>;
}

function stateWord(text: ReturnType<typeof useText>['text'], { engine, pipeline }: Status): string {
  if (pipeline.refusing !== null) return text('health.refusing');
  return text(engine.state === 'away' ? 'health.away' : 'health.ok');
}

function HealthCard({ status }: { readonly status: Status }): ReactElement {
  const { text, number } = useText();
  const { engine, pipeline, receivers, storage } = status;
  const stored = storedRecords(status);
  const bytes = storage.reduce((sum, table) => sum + table.bytes, 0);
  const facts: readonly (readonly [string, string])[] = [
    [
      text('health.engine'),
      engine.state === 'ready'
        ? text('health.engine.ready', { version: engine.version })
        : text('health.engine.away'),
    ],
    [text('health.stored'), stored === undefined ? '–' : number(stored)],
    [text('health.storedBytes'), engine.state === 'ready' ? byteSizeText(bytes) : '–'],
    [text('health.pending'), number(pipeline.pendingRecords)],
    [
      text('health.wal'),
      text('health.wal.of', {
        used: byteSizeText(pipeline.walBytes),
        limit: byteSizeText(pipeline.walBytesMax),
      }),
    ],
    [text('health.disk'), byteSizeText(pipeline.diskFreeBytes)],
    [text('health.receivers'), receivers.map(({ name, url }) => `${name} ${url}`).join('\n')],
  ];
  return (
    <div className="health-card">
      <dl>
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd className="number" style={{ whiteSpace: 'pre-line' }}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {status.accounts.length > 0 && <Accounts status={status} />}
    </div>
  );
}

function Accounts({ status }: { readonly status: Status }): ReactElement {
  const { text, number } = useText();
  return (
    <table>
      <caption className="visually-hidden">{text('health.accounts')}</caption>
      <thead>
        <tr>
          <th scope="col">{text('health.account.source')}</th>
          <th scope="col">{text('health.account.received')}</th>
          <th scope="col">{text('health.account.stored')}</th>
          <th scope="col">{text('health.account.lost')}</th>
        </tr>
      </thead>
      <tbody className="number">
        {status.accounts.map((account) => (
          <tr key={account.source}>
            <td>{account.source}</td>
            <td>{number(account.received)}</td>
            <td>{number(account.stored)}</td>
            <td>{number(lostBy(account))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
