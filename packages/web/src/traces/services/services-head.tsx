/** Above the pages of services: which of them, and the range of time. */
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { TimePicker } from '../../components/time-picker.tsx';
import { useText } from '../../lib/text.tsx';
import type { ServicesAddress } from './services-url.ts';

export interface ServicesHeadProps {
  readonly address: ServicesAddress;
  readonly title: ReactNode;
}

/** A page below is not the page. */
const EXACTLY = { exact: true, includeSearch: false } as const;

export function ServicesHead({ address, title }: ServicesHeadProps): ReactElement {
  const { text } = useText();
  const { range, resolved, onRange, search, isBad } = address;
  return (
    <>
      <header className="page-head">
        <h1 className="services-title">{title}</h1>
        <nav className="tabs" aria-label={text('page.services')}>
          <Link to="/services" search={search} className="tab" activeOptions={EXACTLY}>
            {text('services.list')}
          </Link>
          <Link to="/services/map" search={search} className="tab" activeOptions={EXACTLY}>
            {text('services.map')}
          </Link>
        </nav>
        <span className="grow" />
        <TimePicker range={range} resolved={resolved} onRange={onRange} />
      </header>
      {isBad && <div className="notice bad">{text('time.bad')}</div>}
    </>
  );
}
