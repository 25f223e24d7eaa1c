/** What the live tail is doing, and what one can do with it. */
import type { ReactElement } from 'react';
import { IconButton } from '../components/icon-button.tsx';
import { runAction, useActions } from '../lib/actions.ts';
import { useText } from '../lib/text.tsx';
import type { LiveState, RecordFeed } from './record-feed.ts';

export interface LiveBarProps {
  readonly feed: RecordFeed;
  readonly live: LiveState;
}

export function LiveBar({ feed, live }: LiveBarProps): ReactElement {
  const { text } = useText();
  const { connection, isPaused, bufferedRecords, skippedRecords } = live;
  const resume = (): void => {
    feed.resume();
    document.querySelector('.record-table')?.scrollTo({ top: 0 });
  };
  const toggle = (): void => (isPaused ? resume() : feed.pause());
  useActions([
    { id: 'live.pause', label: isPaused ? 'live.resume' : 'live.pause', keys: ['p'], run: toggle },
    { id: 'live.mark', label: 'live.mark', keys: ['m'], run: () => feed.mark() },
    { id: 'live.clear', label: 'live.clear', run: () => feed.clear() },
  ]);
  return (
    <div className="live-bar" role="status" aria-live="off">
      <span className={`pulse ${isPaused ? 'is-still' : ''}`} />
      <span>{text(stateId(connection, isPaused))}</span>
      {skippedRecords > 0 && (
        <span className="chip warn">{text('live.skipped', { count: skippedRecords })}</span>
      )}
      {isPaused && bufferedRecords > 0 && (
        <button type="button" className="button small primary" onClick={resume}>
          {text('live.buffered', { count: bufferedRecords })}
        </button>
      )}
      <span className="grow" />
      <IconButton
        icon={isPaused ? 'play' : 'pause'}
        label={text(isPaused ? 'live.resume' : 'live.pause')}
        onClick={toggle}
      />
      <button type="button" className="button small ghost" onClick={() => runAction('find.open')}>
        {text('live.highlight')}
      </button>
      <button type="button" className="button small ghost" onClick={() => feed.mark()}>
        {text('live.mark')}
      </button>
      <button type="button" className="button small ghost" onClick={() => feed.clear()}>
        {text('live.clear')}
      </button>
    </div>
  );
}

function stateId(
  connection: LiveState['connection'],
  isPaused: boolean,
): 'live.paused' | 'live.lost' | 'live.open' | 'live.connecting' {
  if (connection === 'lost') return 'live.lost';
  if (isPaused) return 'live.paused';
  return connection === 'open' ? 'live.open' : 'live.connecting';
}
