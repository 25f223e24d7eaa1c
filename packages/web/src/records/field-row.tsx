/** A field's name and value; the buttons come when the row is pointed at or has the focus. */
import { useState, type FocusEvent, type ReactElement } from 'react';
import { LongText } from './long-text.tsx';
import type { NamedValue } from './field-value.ts';
import { ValueButtons } from './value-actions.tsx';
import { visibleText } from './visible-text.ts';

export function FieldRow({ target }: { readonly target: NamedValue }): ReactElement {
  const [isActive, setActive] = useState(false);
  const blur = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setActive(false);
  };
  return (
    <div
      className="record-field"
      role="group"
      aria-label={visibleText(target.field)}
      // The buttons of hundreds of fields at once would take seconds, so the row itself takes the focus first.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onPointerEnter={() => setActive(true)}
      onPointerLeave={({ currentTarget }) => {
        if (!currentTarget.contains(document.activeElement)) setActive(false);
      }}
      onFocus={() => setActive(true)}
      onBlur={blur}
    >
      <span className="record-field-name">{visibleText(target.field)}</span>
      <span className="record-field-value">
        <LongText text={visibleText(target.value)} terms={[]} />
      </span>
      {isActive && <ValueButtons target={target} />}
    </div>
  );
}
