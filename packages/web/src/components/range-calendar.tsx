/** Two days from a calendar and the times of day on them. */
import '@mantine/dates/styles.layer.css';
import 'dayjs/locale/zh-cn';
import { DatePicker, DatesProvider } from '@mantine/dates';
import { useState, type ReactElement } from 'react';
import type { TimeRange } from '@tendril/model/time-range';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { parseRangeText, serverNowNs, type RangeText } from '../lib/time-range.ts';
import { clockText, dateText } from '../lib/zone-time.ts';

export interface RangeCalendarProps {
  readonly resolved: TimeRange;
  readonly onRange: (range: RangeText) => void;
}

export function RangeCalendar({ resolved, onRange }: RangeCalendarProps): ReactElement {
  const { text, language } = useText();
  const zone = usePreference('zone');
  const [days, setDays] = useState<[string | null, string | null]>([
    dateText(resolved.fromNs, zone),
    dateText(resolved.toNs, zone),
  ]);
  const [from, setFrom] = useState(clockText(resolved.fromNs, zone, 'second'));
  const [to, setTo] = useState(clockText(resolved.toNs, zone, 'second'));
  const [first, last] = days;
  const typed = `${first ?? ''} ${from} ~ ${last ?? first ?? ''} ${to}`;
  const parsed = parseRangeText(typed, { zone, nowNs: serverNowNs() });
  return (
    <div className="range-calendar">
      <DatesProvider settings={{ locale: language === 'zh' ? 'zh-cn' : 'en', firstDayOfWeek: 1 }}>
        <DatePicker
          type="range"
          size="xs"
          allowSingleDateInRange
          value={days}
          onChange={setDays}
          classNames={{ day: 'calendar-day' }}
          ariaLabels={{
            previousMonth: text('time.earlier'),
            nextMonth: text('time.later'),
            previousYear: text('time.earlier'),
            nextYear: text('time.later'),
            previousDecade: text('time.earlier'),
            nextDecade: text('time.later'),
          }}
        />
      </DatesProvider>
      <div className="range-clocks">
        <input
          className="field small mono"
          aria-label={text('time.from')}
          value={from}
          onChange={({ currentTarget }) => setFrom(currentTarget.value)}
        />
        <span className="dim">–</span>
        <input
          className="field small mono"
          aria-label={text('time.to')}
          value={to}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
        />
        <button
          type="button"
          className="button small primary"
          disabled={!parsed}
          onClick={() => parsed && onRange(parsed)}
        >
          {text('time.apply')}
        </button>
      </div>
    </div>
  );
}
