/** A record's fields below its row. */
import type { ReactElement } from 'react';
import type { LogRecord } from '@tendril/model/log-record';
import { namedValues, type NamedValue } from '../records/field-value.ts';
import { LongText } from '../records/long-text.tsx';
import { ValueButtons } from '../records/value-actions.tsx';
import { visibleText } from '../records/visible-text.ts';

export function InlineRecord({ record }: { readonly record: LogRecord }): ReactElement {
  const { ids, attributes, resource } = namedValues(record);
  const values: readonly NamedValue[] = [
    { field: 'body', value: record.body },
    ...ids,
    ...attributes,
    ...resource,
  ];
  return (
    <div className="inline-record">
      {values.map((target, index) => (
        <div key={`${index} ${target.field}`} className="record-field">
          <span className="record-field-name">{visibleText(target.field)}</span>
          <span className="record-field-value">
            <LongText text={visibleText(target.value)} terms={[]} />
          </span>
          <ValueButtons target={target} />
        </div>
      ))}
    </div>
  );
}
