/** A record's fields below its row. */
import type { ReactElement } from 'react';
import type { LogRecord } from '@tendril/model/log-record';
import { namedValues, type NamedValue } from '../records/field-value.ts';
import { FieldRow } from '../records/field-row.tsx';

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
        <FieldRow key={`${index} ${target.field}`} target={target} />
      ))}
    </div>
  );
}
