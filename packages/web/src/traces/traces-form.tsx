/** What is looked for, in fields: service, operation, tags, durations, errors. */
import { useEffect, useState, type ReactElement } from 'react';
import type { TimeRange } from '@tendril/model/time-range';
import { useText } from '../lib/text.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { isBadDuration } from './traces-query.ts';
import type { TracesAddress } from './traces-url.ts';
import { useOperations, useServices } from './use-service-names.ts';
import type { ChangeTracesAddress } from './use-traces-address.ts';

export interface TracesFormProps {
  readonly address: TracesAddress;
  readonly range: TimeRange;
  readonly onChange: ChangeTracesAddress;
}

const NAME_CHARACTERS_MAX = 120;

export function TracesForm({ address, range, onChange }: TracesFormProps): ReactElement {
  const { text } = useText();
  const services = useServices(range).data?.services ?? [];
  const operations = useOperations(address.service, range).data?.operations ?? [];
  const operationNames = [...new Set(operations.map(({ operation }) => operation))];
  return (
    <form
      className="traces-form"
      aria-label={text('traces.form')}
      onSubmit={(event) => event.preventDefault()}
    >
      <Choice
        label={text('traces.service')}
        all={text('traces.service.all')}
        value={address.service}
        values={services.map(({ service }) => service)}
        onValue={(service) => onChange({ service, operation: '' })}
      />
      <Choice
        label={text('traces.operation')}
        all={text('traces.operation.all')}
        value={address.operation}
        values={operationNames}
        isDisabled={address.service === '' && address.operation === ''}
        onValue={(operation) => onChange({ operation })}
      />
      <TypedField
        label={text('traces.tags')}
        placeholder="http.status_code=500"
        value={address.tags}
        onValue={(tags) => onChange({ tags })}
      />
      <div className="traces-durations">
        <TypedField
          label={text('traces.min')}
          placeholder="100ms"
          value={address.longerThan}
          isBad={isBadDuration}
          onValue={(longerThan) => onChange({ longerThan })}
        />
        <TypedField
          label={text('traces.max')}
          placeholder="2s"
          value={address.shorterThan}
          isBad={isBadDuration}
          onValue={(shorterThan) => onChange({ shorterThan })}
        />
      </div>
      <label className="traces-check">
        <input
          type="checkbox"
          checked={address.hasErrors}
          onChange={({ currentTarget }) => onChange({ hasErrors: currentTarget.checked })}
        />
        {text('traces.onlyErrors')}
      </label>
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly all: string;
  readonly value: string;
  readonly values: readonly string[];
  readonly isDisabled?: boolean;
  readonly onValue: (value: string) => void;
}

function Choice({ label, all, value, values, isDisabled, onValue }: ChoiceProps): ReactElement {
  // What the address names may have sent nothing in this range.
  const shown = value === '' || values.includes(value) ? values : [value, ...values];
  return (
    <label>
      {label}
      <select
        className="field small"
        aria-label={label}
        value={value}
        disabled={isDisabled}
        onChange={({ currentTarget }) => onValue(currentTarget.value)}
      >
        <option value="">{all}</option>
        {shown.map((each) => (
          <option key={each} value={each}>
            {visibleLine(each, NAME_CHARACTERS_MAX)}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TypedFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly isBad?: (text: string) => boolean;
  readonly onValue: (value: string) => void;
}

/** Takes effect with Enter, or when it is left. */
function TypedField({ label, placeholder, value, isBad, onValue }: TypedFieldProps): ReactElement {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const apply = (): void => {
    if (typed.trim() !== value) onValue(typed.trim());
  };
  return (
    <label>
      {label}
      <input
        className="field small mono"
        type="text"
        spellCheck={false}
        autoComplete="off"
        placeholder={placeholder}
        aria-invalid={isBad?.(typed) ?? false}
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        onBlur={apply}
        onKeyDown={({ key, nativeEvent }) => {
          if (key === 'Enter' && !nativeEvent.isComposing) apply();
        }}
      />
    </label>
  );
}
