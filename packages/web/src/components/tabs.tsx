/** Ways to look at one thing, of which one is chosen. */
import type { ReactElement } from 'react';

interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: string;
  /** How much is behind it; 0 is not shown. */
  readonly count?: number | undefined;
}

export interface TabsProps<Id extends string> {
  readonly tabs: readonly Tab<Id>[];
  readonly chosen: Id | undefined;
  readonly onChoose: (id: Id) => void;
  /** For assistive technology, where nothing near says it. */
  readonly label?: string;
  readonly className?: string;
}

export function Tabs<Id extends string>({
  tabs,
  chosen,
  onChoose,
  label,
  className = '',
}: TabsProps<Id>): ReactElement {
  return (
    <div className={`tabs ${className}`} role="tablist" aria-label={label}>
      {tabs.map(({ id, label: name, count = 0 }) => (
        <button
          key={id}
          type="button"
          role="tab"
          className="tab"
          aria-selected={id === chosen}
          onClick={() => onChoose(id)}
        >
          {name}
          {count > 0 && <span className="chip number">{count}</span>}
        </button>
      ))}
    </div>
  );
}
