/** Everything that can be done here, found by typing; a pasted id is looked for in the logs, that of a trace opens it. */
import { Modal } from '@mantine/core';
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { quoteText } from '@tendril/query/print';
import { Icon, type IconName } from '../components/icon.tsx';
import type { PageDefinition } from '../components/page.ts';
import { runAction, shownKey, useAllActions, type Action } from '../lib/actions.ts';
import { useGo, type GoOptions } from '../lib/navigation.ts';
import { useText } from '../lib/text.tsx';
import { isTraceId, tracePath } from '../records/trace-path.ts';

export interface CommandPaletteProps {
  readonly pages: readonly PageDefinition[];
  readonly onClose: () => void;
}

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly icon: IconName;
  readonly keys?: string | undefined;
  readonly run: () => void;
}

export function CommandPalette({ pages, onClose }: CommandPaletteProps): ReactElement {
  const { text } = useText();
  const go = useGo();
  const actions = useAllActions();
  const [typed, setTyped] = useState('');
  const [selected, setSelected] = useState(0);
  const entries = entriesOf({ typed: typed.trim(), pages, actions, text, go });
  const index = Math.min(selected, entries.length - 1);
  const run = (entry: Entry | undefined): void => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setSelected((index + step + entries.length) % Math.max(1, entries.length));
    }
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(entries[index]);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      lockScroll={false}
      size="lg"
      attributes={{ content: { 'aria-label': text('palette.open') } }}
    >
      <div className="palette">
        <input
          className="palette-input"
          data-autofocus
          role="combobox"
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={entries[index] && `palette-${entries[index].id}`}
          aria-label={text('palette.placeholder')}
          placeholder={text('palette.placeholder')}
          value={typed}
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            setSelected(0);
          }}
          onKeyDown={press}
        />
        <div className="palette-list" role="listbox" id="palette-list" tabIndex={-1}>
          {entries.map((entry, at) => (
            <button
              key={entry.id}
              id={`palette-${entry.id}`}
              type="button"
              role="option"
              aria-selected={at === index}
              className="palette-item"
              tabIndex={-1}
              onClick={() => run(entry)}
              onPointerMove={() => setSelected(at)}
            >
              <Icon name={entry.icon} />
              <span className="grow">{entry.label}</span>
              {entry.keys !== undefined && <span className="key">{shownKey(entry.keys)}</span>}
            </button>
          ))}
          {entries.length === 0 && <p className="dim">{text('palette.none')}</p>}
        </div>
      </div>
    </Modal>
  );
}

interface EntrySources {
  readonly typed: string;
  readonly pages: readonly PageDefinition[];
  readonly actions: readonly Action[];
  readonly text: ReturnType<typeof useText>['text'];
  readonly go: (options: GoOptions) => void;
}

function entriesOf({ typed, pages, actions, text, go }: EntrySources): readonly Entry[] {
  const all: readonly Entry[] = [
    ...pages
      .filter(({ icon }) => icon !== undefined)
      .map((page) => ({
        id: `page-${page.id}`,
        label: text(page.title),
        icon: page.icon ?? 'right',
        run: () => go({ path: page.path, search: {} }),
      })),
    ...actions
      .filter(({ id }) => id !== 'palette.open')
      .map((action) => ({
        id: action.id,
        label: text(action.label),
        icon: 'right' as const,
        keys: action.keys?.[0],
        run: () => runAction(action.id),
      })),
  ];
  if (typed === '') return all;
  const wanted = typed.toLowerCase();
  const search: Entry = {
    id: 'search',
    label: text('palette.search', { text: typed }),
    icon: 'search',
    run: () => go({ path: '/logs', search: { q: quoteText(typed) } }),
  };
  const trace: Entry = {
    id: 'trace',
    label: text('palette.trace', { id: wanted }),
    icon: 'traces',
    run: () => go({ path: tracePath(wanted), search: {} }),
  };
  const found = all.filter(({ label }) => label.toLowerCase().includes(wanted));
  return [...(isTraceId(wanted) ? [trace] : []), ...found, search];
}
