/** Navigation between pages. */
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Icon, Logo } from '../components/icon.tsx';
import type { PageDefinition } from '../components/page.ts';
import { useAddress } from '../lib/navigation.ts';
import { useText } from '../lib/text.tsx';

export function Rail({ pages }: { readonly pages: readonly PageDefinition[] }): ReactElement {
  const { text } = useText();
  const shown = pages.filter(({ icon }) => icon !== undefined);
  return (
    <nav className="rail" aria-label={text('nav.main')}>
      <Link to="/" className="rail-logo" aria-label="Tendril">
        <Logo />
      </Link>
      {shown
        .filter(({ isLast }) => isLast !== true)
        .map((page) => (
          <RailLink key={page.id} page={page} />
        ))}
      <span className="grow" />
      {shown
        .filter(({ isLast }) => isLast === true)
        .map((page) => (
          <RailLink key={page.id} page={page} />
        ))}
    </nav>
  );
}

function RailLink({ page }: { readonly page: PageDefinition }): ReactElement {
  const { text } = useText();
  const { path } = useAddress();
  const title = text(page.title);
  const isCurrent = path === page.path || path.startsWith(`${page.path}/`);
  return (
    <Link
      to={page.path}
      className="rail-link"
      title={title}
      aria-label={title}
      aria-current={isCurrent ? 'page' : undefined}
    >
      {page.icon && <Icon name={page.icon} sizePx={20} />}
    </Link>
  );
}
