/** Saved views: open one, save this search as one, put this search into one, delete one and take that back. */
import { Popover } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { VIEW_NAME_LENGTH_MAX, type View, type ViewInput } from '@tendril/api/views';
import { FailureNote } from '../components/failure-note.tsx';
import { Icon } from '../components/icon.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { useActions } from '../lib/actions.ts';
import { useText } from '../lib/text.tsx';
import { isRelative } from '../lib/time-range.ts';
import { useMayChange } from '../lib/use-may-change.ts';
import { visibleLine } from '../records/visible-text.ts';
import type { LogsAddress } from './logs-url.ts';
import type { ChangeAddress } from './use-logs-address.ts';
import { useViewChange, useViews, type ViewChange } from './use-views.ts';

export interface ViewsMenuProps {
  readonly address: LogsAddress;
  readonly columns: readonly string[];
  readonly onChange: ChangeAddress;
}

export function ViewsMenu(props: ViewsMenuProps): ReactElement {
  const { text } = useText();
  const [isOpen, setOpen] = useState(false);
  useActions([{ id: 'views.open', label: 'views.open', keys: ['v'], run: () => setOpen(true) }]);
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-end"
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <button
          type="button"
          className="button small ghost"
          aria-label={text('views.title')}
          title={text('views.open')}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="save" sizePx={14} />
          <span className="wide-only">{text('views.title')}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {isOpen && <ViewsChoice {...props} onClose={() => setOpen(false)} />}
      </Popover.Dropdown>
    </Popover>
  );
}

const FILTERED_FROM = 8;

function ViewsChoice({
  address,
  columns,
  onChange,
  onClose,
}: ViewsMenuProps & { readonly onClose: () => void }): ReactElement {
  const { text } = useText();
  const { data, error } = useViews();
  const change = useViewChange();
  const mayChange = useMayChange();
  const [wanted, setWanted] = useState('');
  const [deleted, setDeleted] = useState<View>();
  const views = data?.views ?? [];
  const shown = views.filter(({ name, query }) =>
    `${name} ${query}`.toLowerCase().includes(wanted.trim().toLowerCase()),
  );
  const open = ({ query, columns: chosen, range }: View): void => {
    onChange({
      query,
      record: '',
      isLive: false,
      ...(chosen.length > 0 && { columns: chosen }),
      ...(range && { range }),
    });
    onClose();
  };
  const remove = (view: View): void => {
    change.mutate({ kind: 'delete', view }, { onSuccess: () => setDeleted(view) });
  };
  return (
    <div className="views-choice">
      {views.length > FILTERED_FROM && (
        <input
          className="field small"
          type="search"
          placeholder={text('views.filter')}
          aria-label={text('views.filter')}
          value={wanted}
          onChange={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      )}
      {error && <FailureNote error={error} />}
      {change.error && <FailureNote error={change.error} />}
      {data && views.length === 0 && <p className="dim">{text('views.none')}</p>}
      <ul className="views-list">
        {shown.map((view) => (
          <ViewEntry
            key={view.id}
            view={view}
            mayChange={mayChange}
            onOpen={() => open(view)}
            onReplace={() =>
              change.mutate({ kind: 'replace', view: { ...view, ...searchOf(address, columns) } })
            }
            onDelete={() => remove(view)}
          />
        ))}
      </ul>
      {deleted && (
        <p className="views-deleted" role="status">
          <span className="grow">{text('views.deleted', { name: deleted.name })}</span>
          <button
            type="button"
            className="button small"
            onClick={() => {
              const { name, description, query, columns: own, range, tags } = deleted;
              const content = { name, description, query, columns: own, range, tags };
              change.mutate({ kind: 'save', content });
              setDeleted(undefined);
            }}
          >
            {text('undo')}
          </button>
        </p>
      )}
      <SaveForm
        {...{ address, columns, mayChange }}
        isSaving={change.isPending}
        onSave={(content) => change.mutate({ kind: 'save', content } satisfies ViewChange)}
      />
    </div>
  );
}

/** What a view keeps of the page. Ends that are fixed times are of the day's question, not of the view. */
function searchOf(
  { query, range }: LogsAddress,
  columns: readonly string[],
): Pick<View, 'query' | 'columns' | 'range'> {
  return { query, columns, range: isRelative(range) ? range : null };
}

interface ViewEntryProps {
  readonly view: View;
  readonly mayChange: boolean;
  readonly onOpen: () => void;
  readonly onReplace: () => void;
  readonly onDelete: () => void;
}

const CHARACTERS_MAX = 120;

function ViewEntry({ view, mayChange, onOpen, onReplace, onDelete }: ViewEntryProps): ReactElement {
  const { text } = useText();
  const name = visibleLine(view.name, CHARACTERS_MAX);
  return (
    <li className="views-entry">
      <button type="button" className="views-open" onClick={onOpen}>
        <bdi className="views-name">{name}</bdi>
        <bdi className="views-query mono dim">
          {visibleLine(view.query === '' ? '*' : view.query, CHARACTERS_MAX)}
        </bdi>
      </button>
      {mayChange && (
        <>
          <IconButton icon="save" label={`${text('views.replace')}: ${name}`} onClick={onReplace} />
          <IconButton icon="close" label={`${text('views.delete')}: ${name}`} onClick={onDelete} />
        </>
      )}
    </li>
  );
}

interface SaveFormProps {
  readonly address: LogsAddress;
  readonly columns: readonly string[];
  readonly mayChange: boolean;
  readonly isSaving: boolean;
  readonly onSave: (content: ViewInput) => void;
}

function SaveForm(props: SaveFormProps): ReactElement {
  const { address, columns, mayChange, isSaving, onSave } = props;
  const { text } = useText();
  const [name, setName] = useState('');
  if (!mayChange) return <p className="dim">{text('views.readOnly')}</p>;
  return (
    <form
      className="views-save"
      onSubmit={(event) => {
        event.preventDefault();
        onSave({ name: name.trim(), ...searchOf(address, columns) });
        setName('');
      }}
    >
      <input
        className="field small"
        data-autofocus
        maxLength={VIEW_NAME_LENGTH_MAX}
        placeholder={text('views.name')}
        aria-label={text('views.name')}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <button
        type="submit"
        className="button small primary"
        disabled={name.trim() === '' || isSaving}
      >
        {text('views.save')}
      </button>
    </form>
  );
}
