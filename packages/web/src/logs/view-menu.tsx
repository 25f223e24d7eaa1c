/** How rows look: wrapping, height, time, order. */
import { Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from '../components/icon.tsx';
import { setPreferences, usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { useActions } from '../lib/actions.ts';
import type { LogsAddress } from './logs-url.ts';
import type { ChangeAddress } from './use-logs-address.ts';

export interface ViewMenuProps {
  readonly address: LogsAddress;
  readonly onChange: ChangeAddress;
}

export function ViewMenu({ address, onChange }: ViewMenuProps): ReactElement {
  const { text } = useText();
  const wrap = usePreference('wrap');
  const density = usePreference('density');
  const time = usePreference('time');
  const histogram = usePreference('histogram');
  const { order } = address;
  useActions([
    {
      id: 'view.wrap',
      label: 'view.wrap',
      keys: ['w'],
      run: () => setPreferences({ wrap: !wrap }),
    },
  ]);
  const entry = (label: string, isOn: boolean, onClick: () => void): ReactElement => (
    <Menu.CheckboxItem checked={isOn} onChange={onClick}>
      {label}
    </Menu.CheckboxItem>
  );
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <button
          type="button"
          className="button small ghost"
          aria-label={text('view.title')}
          title={text('view.title')}
        >
          <Icon name="wrap" sizePx={14} />
          <span className="wide-only">{text('view.title')}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {entry(text('view.wrap'), wrap, () => setPreferences({ wrap: !wrap }))}
        {entry(text('logs.histogram'), histogram, () => setPreferences({ histogram: !histogram }))}
        <Menu.Label>{text('settings.density')}</Menu.Label>
        {entry(text('settings.density.compact'), density === 'compact', () =>
          setPreferences({ density: 'compact' }),
        )}
        {entry(text('settings.density.comfortable'), density === 'comfortable', () =>
          setPreferences({ density: 'comfortable' }),
        )}
        <Menu.Label>{text('column.time')}</Menu.Label>
        {entry(text('view.time.absolute'), time === 'absolute', () =>
          setPreferences({ time: 'absolute' }),
        )}
        {entry(text('view.time.relative'), time === 'relative', () =>
          setPreferences({ time: 'relative' }),
        )}
        {entry(text('view.time.nanoseconds'), time === 'nanoseconds', () =>
          setPreferences({ time: 'nanoseconds' }),
        )}
        <Menu.Label>{text('view.order')}</Menu.Label>
        {entry(text('view.order.desc'), order === 'desc', () => onChange({ order: 'desc' }))}
        {entry(text('view.order.asc'), order === 'asc', () => onChange({ order: 'asc' }))}
      </Menu.Dropdown>
    </Menu>
  );
}
