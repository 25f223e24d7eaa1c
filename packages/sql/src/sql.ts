/**
 * SQL is built in one way: with the `sql` tag. What is interpolated is another `Sql`, a bound value
 * or an identifier; a bare string does not compile. Values travel beside the text as ClickHouse
 * query parameters (`{p0:String}`), so nothing that came from outside is ever part of the text.
 */
export interface Bound {
  readonly kind: 'bound';
  /** ClickHouse type, e.g. `String` or `Array(UInt64)`. */
  readonly type: string;
  readonly value: BoundValue;
}

export type BoundValue = string | number | bigint | boolean | readonly BoundValue[];

interface Identifier {
  readonly kind: 'identifier';
  /** Quoted already. */
  readonly text: string;
}

export interface Sql {
  readonly kind: 'sql';
  readonly parts: readonly SqlPart[];
}

type SqlPart = string | Bound | Identifier;

/** Text to send and its parameters, by name. */
export interface RenderedSql {
  readonly text: string;
  readonly params: Readonly<Record<string, BoundValue>>;
}

export function sql(
  strings: TemplateStringsArray,
  ...values: readonly (Sql | Bound | Identifier)[]
): Sql {
  const parts: SqlPart[] = [];
  strings.forEach((text, index) => {
    if (text !== '') parts.push(text);
    const value = values[index];
    if (value === undefined) return;
    if (value.kind !== 'sql') parts.push(value);
    // Not `push(...)`: a long query has more parts than a call takes arguments.
    else for (const part of value.parts) parts.push(part);
  });
  return { kind: 'sql', parts };
}

/** `separator` is source text of ours, hence a union of what is ever needed. */
export function joinSql(
  items: readonly Sql[],
  separator: ' AND ' | ' OR ' | ', ' | ' UNION ALL ',
): Sql {
  return {
    kind: 'sql',
    parts: items.flatMap((item, index) => (index === 0 ? item.parts : [separator, ...item.parts])),
  };
}

/** A statement out of a file that ships with the code, such as a migration; never of other text. */
export function sqlOfFile(text: string): Sql {
  return { kind: 'sql', parts: [text] };
}

export const EMPTY_SQL: Sql = { kind: 'sql', parts: [] };

/** A value that is bound several times is sent once. */
export function render(statement: Sql): RenderedSql {
  const params: Record<string, BoundValue> = {};
  const names = new Map<string, string>();
  const texts = statement.parts.map((part) => {
    if (typeof part === 'string') return part;
    if (part.kind === 'identifier') return part.text;
    const key = `${part.type} ${JSON.stringify(part.value, unusualAsText)}`;
    const name = names.get(key) ?? `p${names.size}`;
    names.set(key, name);
    params[name] = part.value;
    return `{${name}:${part.type}}`;
  });
  return { text: texts.join(''), params };
}

// JSON has neither big integers nor infinities.
function unusualAsText(_key: string, item: unknown): unknown {
  const isUnusual =
    typeof item === 'bigint' || (typeof item === 'number' && !Number.isFinite(item));
  return isUnusual ? String(item) : item;
}

/** For golden files and "show SQL": parameters as comments would hide types, so they stay in place. */
export function printSql(statement: Sql): string {
  const { text, params } = render(statement);
  const lines = Object.entries(params).map(([name, value]) => `-- ${name} = ${printValue(value)}`);
  return [text, ...lines].join('\n');
}

function printValue(value: BoundValue): string {
  return JSON.stringify(value, unusualAsText);
}

/** A back-quoted identifier: any characters, so that a hostile key stays a key. */
export function identifier(name: string): Identifier {
  return { kind: 'identifier', text: quoteIdentifier(name) };
}

/** A sub-column of a JSON column by its whole path, dots kept as the path has them. */
export function jsonPath(column: string, path: string): Identifier {
  return { kind: 'identifier', text: `${quoteIdentifier(column)}.${quoteIdentifier(path)}` };
}

/** A whole number in the text itself, for the parts of schema statements that take no parameters. */
export function integer(value: number): Identifier {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number`);
  return { kind: 'identifier', text: String(value) };
}

/** A number in the text itself, for parameters of aggregate functions, which cannot be bound. */
export function decimal(value: number): Identifier {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a finite number`);
  return { kind: 'identifier', text: String(value) };
}

function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('\0', '\\0')}\``;
}

const bind = (type: string, value: BoundValue): Bound => ({ kind: 'bound', type, value });

export const string = (value: string): Bound => bind('String', value);
export const strings = (values: readonly string[]): Bound => bind('Array(String)', values);
export const uint8 = (value: number): Bound => bind('UInt8', value);
export const uint32 = (value: number): Bound => bind('UInt32', value);
export const uint64 = (value: bigint): Bound => bind('UInt64', value);
export const uint64s = (values: readonly bigint[]): Bound => bind('Array(UInt64)', values);
export const int64 = (value: bigint): Bound => bind('Int64', value);
export const int64s = (values: readonly bigint[]): Bound => bind('Array(Int64)', values);
export const float64 = (value: number): Bound => bind('Float64', value);
export const float64s = (values: readonly number[]): Bound => bind('Array(Float64)', values);
export const bool = (value: boolean): Bound => bind('Bool', value);
