/** What an analysis looks at of a record, found in a parsed line without storing it. */
import type { AttributeValue } from '@tendril/model/attribute';
import { durationUnitOfKey, parseDurationNs } from '@tendril/model/duration';
import { logFieldOfSourceKey } from '@tendril/model/fields';
import type { ParsedFields } from '../format.ts';
import { keptText } from '../patterns/kept-text.ts';

export interface AnalysedRecord {
  /** Milliseconds since 1970; undefined when neither line nor transport states a time. */
  readonly timeMs: number | undefined;
  /** OpenTelemetry severity number; 0 when unknown. */
  readonly severityNumber: number;
  readonly serviceName: string;
  readonly body: string;
  readonly attributes: ParsedFields;
  /** What transports say, from the outermost to the innermost. */
  readonly wrapping: readonly ParsedFields[];
  readonly formatName: string;
  /** Physical lines. */
  readonly lineCount: number;
  /** All of its lines. */
  readonly text: string;
}

/** The fields of a record that have a column. */
export interface DomainValues {
  operationId: string;
  errorCode: string;
  caller: string;
  durationMs: number | undefined;
}

/** Keys remembered; only hostile input has more. */
const KEYS_MAX = 8_192;

interface KeyRole {
  readonly column: string;
  readonly unitNs: number;
}

const NO_ROLE: KeyRole = { column: '', unitNs: 0 };

/** Finds the values of columns by the keys that fill them. */
export class DomainReader {
  private readonly roles: Map<string, KeyRole> = new Map();
  private readonly values: DomainValues = {
    operationId: '',
    errorCode: '',
    caller: '',
    durationMs: undefined,
  };

  /** Valid until the next call. */
  read(attributes: ParsedFields): Readonly<DomainValues> {
    const { values } = this;
    values.operationId = '';
    values.errorCode = '';
    values.caller = '';
    values.durationMs = undefined;
    for (const key of attributes.keys()) {
      const role = this.roleOf(key);
      if (role) put(values, role, attributes.get(key) ?? '');
    }
    return values;
  }

  private roleOf(key: string): KeyRole | undefined {
    const known = this.roles.get(key);
    if (known !== undefined) return known === NO_ROLE ? undefined : known;
    if (this.roles.size >= KEYS_MAX) this.roles.clear();
    const column = logFieldOfSourceKey(key)?.column;
    const role = column === undefined ? NO_ROLE : { column, unitNs: durationUnitOfKey(key) };
    this.roles.set(keptText(key), role);
    return role === NO_ROLE ? undefined : role;
  }
}

function put(values: DomainValues, { column, unitNs }: KeyRole, value: AttributeValue): void {
  const text = String(value);
  if (column === 'OperationId') values.operationId ||= text;
  else if (column === 'ErrorCode') values.errorCode ||= text;
  else if (column === 'Caller') values.caller ||= text;
  else if (column === 'DurationNs' && values.durationMs === undefined) {
    const ns = parseDurationNs(text, unitNs);
    if (ns !== undefined) values.durationMs = ns / 1e6;
  }
}
