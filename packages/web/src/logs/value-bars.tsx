/** Names and numbers as bars, longest as the table has it; every bar leads on like any other value. */
import type { ReactElement } from 'react';
import type { TableColumn } from '@tendril/api/table';
import { useText } from '../lib/text.tsx';
import { ValueButtons } from '../records/value-actions.tsx';
import { visibleLine } from '../records/visible-text.ts';
import type { ChartBar } from './chart-data.ts';

export interface ValueBarsProps {
  readonly label: string;
  readonly bars: readonly ChartBar[];
  /** The columns that name a bar. */
  readonly names: readonly TableColumn[];
  readonly valueText: (value: number) => string;
}

const CHARACTERS_MAX = 200;

export function ValueBars({ label, bars, names, valueText }: ValueBarsProps): ReactElement {
  const { text } = useText();
  const most = Math.max(0, ...bars.map(({ value }) => Math.abs(value)));
  const [only] = names;
  const field = names.length === 1 && only?.bucket === undefined ? only?.field : undefined;
  return (
    <ul className="value-bars" aria-label={label}>
      {bars.map(({ name, value, cells }, at) => {
        const [cell] = cells;
        const isFilter = field !== undefined && typeof cell !== 'object' && cell !== '';
        return (
          // Two rows may have the same names when a column of the table is no group.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={`${at} ${name}`} className="value-bar">
            <bdi className="value-bar-name mono" title={visibleLine(name, CHARACTERS_MAX)}>
              {name === '' ? text('chart.all') : visibleLine(name, CHARACTERS_MAX)}
            </bdi>
            <span className="value-bar-track">
              <i style={{ width: `${most === 0 ? 0 : (Math.abs(value) / most) * 100}%` }} />
            </span>
            <span className="number">{valueText(value)}</span>
            <span className="value-bar-actions">
              {isFilter && <ValueButtons target={{ field, value: String(cell) }} />}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
