/** Nothing is stored yet: how to send the first record, with a look-out for it. */
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import type { PageMessageId } from '@tendril/messages/page';
import type { Status } from '@tendril/api/status';
import { Tabs } from '../components/tabs.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { useText } from '../lib/text.tsx';
import { firstWays, type FirstWay } from './first-ways.ts';

export interface FirstRunProps {
  readonly status: Status;
}

export function FirstRun({ status }: FirstRunProps): ReactElement {
  const { text } = useText();
  const ways = firstWays({ origin: globalThis.location.origin, receivers: status.receivers });
  const [chosen, setChosen] = useState<FirstWay['id']>('file');
  const way = ways.find(({ id }) => id === chosen) ?? ways[0];
  return (
    <div className="first-run">
      <h1>{text('first.title')}</h1>
      <p className="dim-2">{text('first.explain')}</p>
      <Tabs
        tabs={ways.map(({ id }) => ({ id, label: text(TITLES[id]) }))}
        chosen={way?.id}
        onChoose={setChosen}
      />
      {way && (
        <>
          <div className="first-run-code">
            <pre className="code">{way.code}</pre>
            <CopyButton value={way.code} label={text('copy')} />
          </div>
          <p className="dim">{text(NOTES[way.id])}</p>
        </>
      )}
      <div className="first-run-state" role="status">
        <span className="pulse" />
        {text('first.waiting')}
      </div>
      <p>
        <Link to="/data/add">{text('first.more')}</Link>
      </p>
    </div>
  );
}

const TITLES: Readonly<Record<FirstWay['id'], PageMessageId>> = {
  file: 'first.way.file',
  pipe: 'first.way.pipe',
  curl: 'first.way.curl',
  otlp: 'first.way.otlp',
  collector: 'first.way.collector',
  demo: 'first.way.demo',
};
const NOTES: Readonly<Record<FirstWay['id'], PageMessageId>> = {
  file: 'first.note.file',
  pipe: 'first.note.pipe',
  curl: 'first.note.curl',
  otlp: 'first.note.otlp',
  collector: 'first.note.collector',
  demo: 'first.note.demo',
};
