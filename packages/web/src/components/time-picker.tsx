/** The range of time: usual ones, typed ones, recent ones, a calendar, and the zone it is shown in. */
import { Popover } from '@mantine/core';
import { lazy, Suspense, useState, type ReactElement } from 'react';
import type { PageMessageId } from '@tendril/messages/page';
import type { TimeRange } from '@tendril/model/time-range';
import { Icon } from './icon.tsx';
import { IconButton } from './icon-button.tsx';
import { useActions } from '../lib/actions.ts';
import { setPreferences, usePreference, withRecent } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import {
  absoluteRange,
  parseRangeText,
  resolveRange,
  serverNowNs,
  shiftedRange,
  widenedRange,
  type RangeText,
} from '../lib/time-range.ts';
import { clockText, dateText, isZone, offsetText, zoneName } from '../lib/zone-time.ts';
import './time-picker.css';

const RangeCalendar = lazy(async () => ({
  default: (await import('./range-calendar.tsx')).RangeCalendar,
}));

export interface TimePickerProps {
  readonly range: RangeText;
  /** As resolved for what is shown. */
  readonly resolved: TimeRange;
  readonly onRange: (range: RangeText) => void;
}

const QUICK = ['5m', '15m', '30m', '1h', '3h', '6h', '12h', '24h', '2d', '7d', '30d'] as const;
const RECENT_MAX = 8;

export function TimePicker({ range, resolved, onRange }: TimePickerProps): ReactElement {
  const { text } = useText();
  const zone = usePreference('zone');
  const [isOpen, setOpen] = useState(false);
  const choose = (chosen: RangeText): void => {
    setOpen(false);
    onRange(chosen);
  };
  const chooseTime = (chosen: TimeRange): void => onRange(absoluteRange(chosen));
  useActions([
    { id: 'time.open', label: 'time.open', keys: ['d'], run: () => setOpen(true) },
    {
      id: 'time.back',
      label: 'time.back',
      keys: ['['],
      run: () => chooseTime(shiftedRange(resolved, 'back')),
    },
    {
      id: 'time.forward',
      label: 'time.forward',
      keys: [']'],
      run: () => chooseTime(shiftedRange(resolved, 'forward')),
    },
    {
      id: 'time.widen',
      label: 'time.widen',
      keys: ['z'],
      run: () => chooseTime(widenedRange(resolved)),
    },
  ]);
  return (
    <div className="time-picker">
      <IconButton
        icon="left"
        label={text('time.back')}
        onClick={() => chooseTime(shiftedRange(resolved, 'back'))}
      />
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
            className="button time-button"
            title={text('time.open')}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name="clock" sizePx={14} />
            <RangeLabel range={range} resolved={resolved} />
            <span className="dim time-zone">{zoneName(zone)}</span>
            <Icon name="chevron" sizePx={12} />
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <RangeChoice range={range} resolved={resolved} onRange={choose} />
        </Popover.Dropdown>
      </Popover>
      <IconButton
        icon="right"
        label={text('time.forward')}
        onClick={() => chooseTime(shiftedRange(resolved, 'forward'))}
      />
      <IconButton
        icon="zoomOut"
        label={text('time.widen')}
        onClick={() => chooseTime(widenedRange(resolved))}
      />
    </div>
  );
}

const LAST: Readonly<Record<string, PageMessageId>> = {
  s: 'time.last.s',
  m: 'time.last.m',
  h: 'time.last.h',
  d: 'time.last.d',
  w: 'time.last.w',
};

function RangeLabel({ range, resolved }: Omit<TimePickerProps, 'onRange'>): ReactElement {
  const { text } = useText();
  const zone = usePreference('zone');
  const last = /^now-(\d+)([smhdw])$/.exec(range.from);
  const id = LAST[last?.[2] ?? ''];
  if (id !== undefined && range.to === 'now') {
    return <span>{text(id, { count: Number(last?.[1] ?? 0) })}</span>;
  }
  const { fromNs, toNs } = resolved;
  const day = dateText(fromNs, zone);
  const isSameDay = day === dateText(toNs - 1n, zone);
  const end = isSameDay ? '' : `${dateText(toNs, zone).slice(5)} `;
  return (
    <span className="number">
      {day.slice(5)} {clockText(fromNs, zone, 'second')} – {end}
      {clockText(toNs, zone, 'second')}
    </span>
  );
}

function RangeChoice({ range, resolved, onRange }: TimePickerProps): ReactElement {
  const { text } = useText();
  const recent = usePreference('recentRanges');
  const [isCalendar, setCalendar] = useState(false);
  return (
    <div className="range-choice">
      <TypedRange range={range} onRange={onRange} />
      <div className="range-lists">
        <div className="range-quick">
          {QUICK.map((span) => {
            const [, count = '', unit = ''] = /^(\d+)(.)$/.exec(span) ?? [];
            const id = LAST[unit];
            return (
              id && (
                <button
                  key={span}
                  type="button"
                  className="button small ghost"
                  aria-pressed={range.from === `now-${span}` && range.to === 'now'}
                  onClick={() => onRange({ from: `now-${span}`, to: 'now' })}
                >
                  {text(id, { count: Number(count) })}
                </button>
              )
            );
          })}
        </div>
        {recent.length > 0 && (
          <div className="range-recent">
            <h3>{text('time.recent')}</h3>
            {recent.map((entry) => (
              <RecentRange key={entry} entry={entry} onRange={onRange} />
            ))}
          </div>
        )}
      </div>
      <button
        type="button"
        className="button small"
        aria-expanded={isCalendar}
        onClick={() => setCalendar(!isCalendar)}
      >
        {text('time.calendar')}
      </button>
      {isCalendar && (
        <Suspense fallback={<div className="range-calendar" aria-busy="true" />}>
          <RangeCalendar resolved={resolved} onRange={onRange} />
        </Suspense>
      )}
      <ZoneChoice />
    </div>
  );
}

function TypedRange({ range, onRange }: Omit<TimePickerProps, 'resolved'>): ReactElement {
  const { text } = useText();
  const zone = usePreference('zone');
  const recent = usePreference('recentRanges');
  const [typed, setTyped] = useState(`${range.from} to ${range.to}`);
  const parsed = parseRangeText(typed, { zone, nowNs: serverNowNs() });
  const submit = (): void => {
    if (!parsed || !resolveRange(parsed, serverNowNs())) return;
    setPreferences({ recentRanges: withRecent(recent, typed.trim(), RECENT_MAX) });
    onRange(parsed);
  };
  return (
    <form
      className="range-typed"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <input
        className="field mono"
        data-autofocus
        aria-label={text('time.typed')}
        aria-invalid={parsed === undefined}
        aria-describedby="range-hint"
        value={typed}
        onFocus={({ currentTarget }) => currentTarget.select()}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <button type="submit" className="button primary" disabled={parsed === undefined}>
        {text('time.apply')}
      </button>
      <p id="range-hint" className="dim">
        {text('time.hint')}
      </p>
    </form>
  );
}

interface RecentRangeProps {
  readonly entry: string;
  readonly onRange: (range: RangeText) => void;
}

function RecentRange({ entry, onRange }: RecentRangeProps): ReactElement | null {
  const zone = usePreference('zone');
  const parsed = parseRangeText(entry, { zone, nowNs: serverNowNs() });
  if (!parsed) return null;
  return (
    <button type="button" className="button small ghost mono" onClick={() => onRange(parsed)}>
      {entry}
    </button>
  );
}

const ZONES = ['browser', 'UTC', 'Asia/Shanghai'] as const;

function ZoneChoice(): ReactElement {
  const { text } = useText();
  const zone = usePreference('zone');
  const [typed, setTyped] = useState('');
  const own = zoneName('browser');
  const zones = ZONES.filter((name) => name !== own);
  return (
    <div className="range-zone">
      <span className="dim">
        {text('settings.zone')} {offsetText(Date.now(), zone)}
      </span>
      {zones.map((name) => (
        <button
          key={name}
          type="button"
          className="button small"
          aria-pressed={zone === name}
          onClick={() => setPreferences({ zone: name })}
        >
          {name === 'browser' ? zoneName(name) : name}
        </button>
      ))}
      <input
        className="field small"
        style={{ width: 150 }}
        list="zones"
        placeholder={text('time.otherZone')}
        aria-label={text('time.otherZone')}
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value);
          if (value.includes('/') && isZone(value)) setPreferences({ zone: value });
        }}
      />
      <datalist id="zones">
        {Intl.supportedValuesOf('timeZone').map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}
