/** The field that opens a chain by its id: an operationID, a trace id. */
import { useRef, useState, type ReactElement } from 'react';
import { Icon } from '../components/icon.tsx';
import { useActions } from '../lib/actions.ts';
import { useGo } from '../lib/navigation.ts';
import { useText } from '../lib/text.tsx';
import { chainDestination } from './chain-destination.ts';

export function ChainFinder({ id }: { readonly id: string }): ReactElement {
  const { text } = useText();
  const go = useGo();
  const [draft, setDraft] = useState(id);
  const field = useRef<HTMLInputElement>(null);
  useActions([
    { id: 'chain.find', label: 'chain.find', keys: ['/'], run: () => field.current?.select() },
  ]);
  return (
    <form
      className="chain-finder"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = draft.trim();
        if (wanted !== '') go(chainDestination(wanted));
      }}
    >
      <Icon name="search" sizePx={16} />
      <input
        ref={field}
        className="mono"
        aria-label={text('chain.find')}
        placeholder={text('chain.find.hint')}
        value={draft}
        spellCheck={false}
        autoComplete="off"
        onChange={({ currentTarget }) => setDraft(currentTarget.value)}
      />
    </form>
  );
}
