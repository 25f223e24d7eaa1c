/**
 * Every value is a handle: what can be done with it is decided by the page around and offered beside
 * the value, by mouse and by keyboard.
 */
import { Menu } from '@mantine/core';
import { createContext, use, useState, type Context, type ReactElement } from 'react';
import { Icon, type IconName } from '../components/icon.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { copyText } from '../lib/clipboard.ts';
import { useText } from '../lib/text.tsx';
import type { NamedValue } from './field-value.ts';

type FilterKind = 'include' | 'exclude' | 'only';

export interface ValueHandlers {
  readonly filter: (value: NamedValue, kind: FilterKind) => void;
  /** Keeps numbers of the field between two ends; absent where there is no such filter. */
  readonly filterRange?: (
    field: string,
    range: { readonly from: string; readonly to: string },
  ) => void;
  /** Where values stand in a table. */
  readonly columns?: {
    /** Shows the field as a column, or takes the column away. */
    readonly toggle: (field: string) => void;
    readonly has: (field: string) => boolean;
  };
  /** Counts records by the field. */
  readonly groupBy?: (field: string) => void;
  /** Pages that know more of such a value, e.g. an operation's chain. */
  readonly links: (value: NamedValue) => readonly ValueLink[];
}

export interface ValueLink {
  readonly id: string;
  readonly label: string;
  readonly icon: IconName;
  readonly open: () => void;
}

export const ValueContext: Context<ValueHandlers | undefined> = createContext<
  ValueHandlers | undefined
>(undefined);

export function useValueHandlers(): ValueHandlers {
  const handlers = use(ValueContext);
  if (!handlers) throw new Error('there is no ValueContext around this component');
  return handlers;
}

/** The buttons beside a value: filter for, filter out, copy, and the rest in a menu. */
export function ValueButtons({ target }: { readonly target: NamedValue }): ReactElement {
  const { text } = useText();
  const { filter } = useValueHandlers();
  return (
    <span className="value-buttons">
      <IconButton
        icon="include"
        label={text('value.include')}
        onClick={() => filter(target, 'include')}
      />
      <IconButton
        icon="exclude"
        label={text('value.exclude')}
        onClick={() => filter(target, 'exclude')}
      />
      <IconButton icon="copy" label={text('copy')} onClick={() => void copyText(target.value)} />
      <MoreActions target={target} />
    </span>
  );
}

/** The menu is made when it is opened: rows of buttons come and go with the mouse. */
function MoreActions({ target }: { readonly target: NamedValue }): ReactElement {
  const { text } = useText();
  const [isOpen, setOpen] = useState(false);
  const button = (
    <button
      type="button"
      className="button icon small ghost"
      aria-label={text('more')}
      title={text('more')}
      aria-haspopup="menu"
      onClick={() => setOpen(true)}
    >
      <Icon name="more" sizePx={14} />
    </button>
  );
  if (!isOpen) return button;
  return (
    <Menu opened onChange={setOpen} position="bottom-end" shadow="md">
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <ValueMenuItems target={target} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** All that can be done with a value, as items of a menu. */
export function ValueMenuItems({ target }: { readonly target: NamedValue }): ReactElement {
  const { text } = useText();
  const { filter, columns, groupBy, links } = useValueHandlers();
  const { field, value } = target;
  const item = (icon: IconName, label: string, onClick: () => void): ReactElement => (
    <Menu.Item leftSection={<Icon name={icon} sizePx={14} />} onClick={onClick}>
      {label}
    </Menu.Item>
  );
  return (
    <>
      {links(target).map(({ id, label, icon, open }) => (
        <Menu.Item key={id} leftSection={<Icon name={icon} sizePx={14} />} onClick={open}>
          {label}
        </Menu.Item>
      ))}
      {item('include', text('value.include'), () => filter(target, 'include'))}
      {item('exclude', text('value.exclude'), () => filter(target, 'exclude'))}
      {item('only', text('value.only'), () => filter(target, 'only'))}
      {item('copy', text('value.copy'), () => void copyText(value))}
      {columns &&
        item('column', text(columns.has(field) ? 'value.column.remove' : 'value.column.add'), () =>
          columns.toggle(field),
        )}
      {groupBy && item('group', text('value.groupBy'), () => groupBy(field))}
    </>
  );
}
