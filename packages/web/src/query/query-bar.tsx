/**
 * Where the query is written. A plain field at first, so that records come before the editor's code;
 * the editor takes over as soon as it is loaded.
 */
import { Menu } from '@mantine/core';
import { useEffect, useRef, useState, type ComponentType, type ReactElement } from 'react';
import type { TimeRange } from '@tendril/model/time-range';
import { Icon } from '../components/icon.tsx';
import { useActions } from '../lib/actions.ts';
import { preferences, setPreferences, usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import type { QueryEditorProps } from './query-editor.tsx';
import type { QuerySource } from './use-fields.ts';
import './query.css';

export interface QueryBarProps {
  /** As in the address. */
  readonly query: string;
  readonly range: TimeRange;
  /** What the query is about; log records when absent. */
  readonly source?: QuerySource;
  readonly draft: string;
  readonly onDraft: (text: string) => void;
  readonly onRun: (text: string) => void;
  /** What the server said of the query that was run. */
  readonly error: unknown;
  /** The first records are there: now the editor's code may be loaded. */
  readonly mayLoad: boolean;
}

interface LoadedEditor {
  readonly QueryEditor: ComponentType<QueryEditorProps>;
  /** The plain field had the focus when the code was there. */
  readonly hadFocus: boolean;
}

/** Lets the first records be painted. */
const EDITOR_DELAY_MS = 50;

export function QueryBar(props: QueryBarProps): ReactElement {
  const { draft, onDraft, onRun, mayLoad } = props;
  const { text } = useText();
  const plain = useRef<HTMLInputElement>(null);
  const [editor, setEditor] = useState<LoadedEditor>();
  useEffect(() => {
    if (!mayLoad) return undefined;
    let isGone = false;
    const load = async (): Promise<void> => {
      const { QueryEditor } = await import('./query-editor.tsx');
      const hadFocus = document.activeElement === plain.current;
      if (!isGone) setEditor({ QueryEditor, hadFocus });
    };
    // Without the editor's code the plain field stays, which runs queries as well.
    const timer = setTimeout(() => void load().catch(() => undefined), EDITOR_DELAY_MS);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [mayLoad]);
  useActions([
    { id: 'query.focus', label: 'query.focus', keys: ['/'], run: focusQuery },
    // Beside the query that is being written, not in its place.
    { id: 'page.reference', label: 'page.reference', run: openReference },
  ]);
  const field = (
    <input
      ref={plain}
      className="query-plain mono"
      type="text"
      spellCheck={false}
      autoComplete="off"
      aria-label={text('query.label')}
      placeholder={text('query.placeholder')}
      value={draft}
      onChange={({ currentTarget }) => onDraft(currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) onRun(draft);
      }}
    />
  );
  return (
    <div className="query-bar">
      <QueryHistory onPick={onRun} />
      <div className="query-field" id="query-field">
        {editor ? <editor.QueryEditor {...props} hadFocus={editor.hadFocus} /> : field}
      </div>
      {draft !== '' && (
        <button
          type="button"
          className="button icon small ghost"
          aria-label={text('query.clear')}
          title={text('query.clear')}
          onClick={() => onRun('')}
        >
          <Icon name="close" sizePx={14} />
        </button>
      )}
      <a
        className="button icon small ghost wide-only"
        href="/query-language"
        target="_blank"
        rel="noreferrer"
        aria-label={text('page.reference')}
        title={text('page.reference')}
      >
        <Icon name="help" sizePx={14} />
      </a>
      <span className="key">/</span>
    </div>
  );
}

function focusQuery(): void {
  document
    .querySelector<HTMLElement>('#query-field .cm-content, #query-field .query-plain')
    ?.focus();
}

function openReference(): void {
  globalThis.open('/query-language', '_blank', 'noreferrer');
}

const SHOWN_QUERIES = 15;

function QueryHistory({ onPick }: { readonly onPick: (query: string) => void }): ReactElement {
  const { text } = useText();
  const recent = usePreference('recentQueries');
  const starred = usePreference('starredQueries');
  const others = recent.filter((query) => !starred.includes(query)).slice(0, SHOWN_QUERIES);
  return (
    <Menu position="bottom-start" shadow="md" width={560}>
      <Menu.Target>
        <button
          type="button"
          className="button icon small ghost"
          aria-label={text('query.history')}
          title={text('query.history')}
        >
          <Icon name="search" sizePx={14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown className="query-history">
        {starred.length > 0 && <Menu.Label>{text('query.starred')}</Menu.Label>}
        {starred.map((query) => (
          <HistoryEntry key={query} query={query} isStarred onPick={onPick} />
        ))}
        <Menu.Label>{text('query.recent')}</Menu.Label>
        {others.map((query) => (
          <HistoryEntry key={query} query={query} isStarred={false} onPick={onPick} />
        ))}
        {recent.length === 0 && <p className="query-none dim">{text('query.noHistory')}</p>}
        <Menu.Divider />
        <Menu.Item onClick={openReference}>{text('page.reference')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

interface HistoryEntryProps {
  readonly query: string;
  readonly isStarred: boolean;
  readonly onPick: (query: string) => void;
}

function HistoryEntry({ query, isStarred, onPick }: HistoryEntryProps): ReactElement {
  const { text } = useText();
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a group of a menu
    <div role="group" className="query-entry">
      <Menu.Item className="mono" onClick={() => onPick(query)}>
        {query}
      </Menu.Item>
      <Menu.Item
        className="query-star"
        closeMenuOnClick={false}
        aria-label={text(isStarred ? 'query.unstar' : 'query.star')}
        title={text(isStarred ? 'query.unstar' : 'query.star')}
        data-starred={isStarred}
        onClick={() => star(query)}
      >
        <Icon name="star" sizePx={14} />
      </Menu.Item>
    </div>
  );
}

function star(query: string): void {
  const { starredQueries } = preferences();
  setPreferences({
    starredQueries: starredQueries.includes(query)
      ? starredQueries.filter((each) => each !== query)
      : [query, ...starredQueries],
  });
}
