/** The way from a piece of evidence to what it was read in. */
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { ChainLink } from '@tendril/api/chain';
import type { PageMessageId } from '@tendril/messages/page';
import { Icon } from '../components/icon.tsx';
import { useText } from '../lib/text.tsx';
import { destinationOf } from './chain-destination.ts';

const LABELS: Readonly<Record<ChainLink['kind'], PageMessageId>> = {
  record: 'chain.open.record',
  span: 'chain.open.span',
  search: 'chain.open.search',
  chain: 'chain.open.chain',
  change: 'chain.open.search',
  error: 'chain.open.search',
};

export function DestinationLink({
  link,
}: {
  readonly link: ChainLink | null;
}): ReactElement | null {
  const { text } = useText();
  const destination = link && destinationOf(link);
  if (!destination) return null;
  const label = text(LABELS[link.kind]);
  return (
    <Link
      to={destination.path}
      search={{ ...destination.search }}
      className="evidence-link"
      aria-label={label}
      title={label}
    >
      <Icon name="expand" sizePx={14} />
    </Link>
  );
}
