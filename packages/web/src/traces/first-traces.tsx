/** No span is stored yet: how to send the first ones, with a look-out for them. */
import type { ReactElement } from 'react';
import type { Status } from '@tendril/api/status';
import { CopyButton } from '../components/copy-button.tsx';
import { useText } from '../lib/text.tsx';
import { traceSenders } from './trace-senders.ts';

export function FirstTraces({ status }: { readonly status: Status }): ReactElement {
  const { text } = useText();
  return (
    <div className="first-run">
      <h1>{text('traces.first')}</h1>
      <p className="dim-2">{text('traces.first.explain')}</p>
      {traceSenders(status.receivers).map(({ name, code }) => (
        <section key={name}>
          <h2>{name}</h2>
          <div className="first-run-code">
            <pre className="code">{code}</pre>
            <CopyButton value={code} label={text('copy')} />
          </div>
        </section>
      ))}
      <div className="first-run-state" role="status">
        <span className="pulse" />
        {text('traces.first.waiting')}
      </div>
    </div>
  );
}
