/** How to bring data in: choose what sends it, copy its lines, and see the first record come. */
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import type { Status } from '@tendril/api/status';
import { CopyButton } from '../components/copy-button.tsx';
import { FailureNote } from '../components/failure-note.tsx';
import { Icon } from '../components/icon.tsx';
import { useApi } from '../lib/api.ts';
import { useAddress, useGo } from '../lib/navigation.ts';
import { useText } from '../lib/text.tsx';
import { useMayChange } from '../lib/use-may-change.ts';
import { useStatus } from '../lib/use-status.ts';
import { arrivedSince, receivedThrough } from './arrivals.ts';
import { DataTabs } from './data-tabs.tsx';
import { setupWays, type SetupWay } from './setup-ways.ts';
import './data.css';

export function AddDataPage(): ReactElement {
  const { text } = useText();
  const { data, error, refetch } = useStatus();
  const [token, setToken] = useState('');
  return (
    <div className="data-page">
      <h1 className="visually-hidden">{text('data.add')}</h1>
      <DataTabs />
      {error && <FailureNote error={error} onRetry={() => void refetch()} />}
      {data && <Ways status={data.status} token={token} onToken={setToken} />}
    </div>
  );
}

interface WaysProps {
  readonly status: Status;
  readonly token: string;
  readonly onToken: (token: string) => void;
}

const GROUPS = [
  { id: 'own', label: 'data.group.own' },
  { id: 'program', label: 'data.group.program' },
  { id: 'shipper', label: 'data.group.shipper' },
] as const;

function Ways({ status, token, onToken }: WaysProps): ReactElement {
  const messages = useText();
  const { text } = messages;
  const { search } = useAddress();
  const go = useGo();
  const origin = globalThis.location.origin;
  const ways = setupWays({ origin, receivers: status.receivers, token }, messages);
  const chosen = ways.find(({ id }) => id === search['from']) ?? ways[0];
  return (
    <div className="ways">
      <nav className="ways-list" aria-label={text('data.ways')}>
        {GROUPS.map((group) => (
          <div key={group.id}>
            <h2>{text(group.label)}</h2>
            {ways
              .filter((way) => way.group === group.id)
              .map((way) => (
                <button
                  key={way.id}
                  type="button"
                  className="way"
                  aria-current={way.id === chosen?.id ? 'true' : undefined}
                  onClick={() => go({ search: { from: way.id }, replace: true })}
                >
                  <span className="grow">{way.name}</span>
                  {way.flag === '' && <span className="health-dot" title={text('data.listens')} />}
                </button>
              ))}
          </div>
        ))}
      </nav>
      {chosen && (
        <WaySteps key={chosen.id} way={chosen} status={status} token={token} onToken={onToken} />
      )}
    </div>
  );
}

interface WayStepsProps extends WaysProps {
  readonly way: SetupWay;
}

function WaySteps({ way, status, token, onToken }: WayStepsProps): ReactElement {
  const { text } = useText();
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className="way-steps" tabIndex={0} role="group" aria-label={way.name}>
      <h2>{way.name}</h2>
      {way.flag !== '' && (
        <section>
          <p>{text('data.turnOn', { receiver: way.receiver })}</p>
          <Snippet code={`tendril up ${way.flag}`} />
        </section>
      )}
      {status.access === 'tokens' && <TokenStep token={token} onToken={onToken} />}
      <section>
        <p>
          {way.file === '' ? text('data.runThis') : text('data.putThis')}{' '}
          {way.file !== '' && <code className="mono">{way.file}</code>}
        </p>
        <Snippet code={way.code} />
        <p className="dim">{way.note}</p>
      </section>
      <Arrivals way={way} status={status} />
    </div>
  );
}

function Snippet({ code }: { readonly code: string }): ReactElement {
  const { text } = useText();
  return (
    <div className="snippet">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <pre className="code" tabIndex={0}>
        {code.trimEnd()}
      </pre>
      <CopyButton value={code} label={text('copy')} />
    </div>
  );
}

function TokenStep({ token, onToken }: Pick<WaysProps, 'token' | 'onToken'>): ReactElement {
  const { text } = useText();
  const api = useApi();
  const mayChange = useMayChange();
  const create = useMutation({
    mutationFn: async () => await api.createToken({ name: 'shipper', scopes: ['ingest'] }),
    onSuccess: (created) => onToken(created.token),
  });
  if (token !== '') return <p role="status">{text('data.token.made')}</p>;
  return (
    <section>
      <p>{text('data.token.needed')}</p>
      {mayChange ? (
        <button
          type="button"
          className="button small"
          disabled={create.isPending}
          onClick={() => create.mutate()}
        >
          {text('data.token.make')}
        </button>
      ) : (
        <Snippet code="tendril token create shipper --scope ingest" />
      )}
      {create.error && <FailureNote error={create.error} />}
    </section>
  );
}

interface ArrivalsProps {
  readonly way: SetupWay;
  readonly status: Status;
}

function Arrivals({ way, status }: ArrivalsProps): ReactElement {
  const { text, number } = useText();
  // What was there when the way was chosen; a restart of the server begins anew.
  const [before, setBefore] = useState(status);
  if (before.startedAt !== status.startedAt) setBefore(status);
  const arrived = arrivedSince(before, status, way.receiver);
  const all = receivedThrough(status, way.receiver);
  const isDone = arrived > 0;
  return (
    <section className={`arrivals ${isDone ? 'is-done' : ''}`} role="status">
      {isDone ? <Icon name="check" sizePx={16} /> : <span className="pulse" />}
      <span>
        {isDone
          ? text('data.arrived', { count: arrived, receiver: way.receiver })
          : text('data.waiting', { receiver: way.receiver })}
      </span>
      {isDone && (
        <Link to="/logs" className="button small primary">
          {text('data.showThem')}
        </Link>
      )}
      {!isDone && all > 0 && (
        <span className="dim">{text('data.before', { count: number(all) })}</span>
      )}
    </section>
  );
}
