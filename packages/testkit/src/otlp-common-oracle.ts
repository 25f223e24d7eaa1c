/**
 * What requests of all OTLP signals share: AnyValue and its neighbours as protobufjs and JSON write them, random
 * ones, and how attributes become columns, worked out the plain way.
 */
import fc from 'fast-check';

/** Of what all signals share. */
export const COMMON_PROTO = `message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message KeyValueList { repeated KeyValue values = 1; }
message ArrayValue { repeated AnyValue values = 1; }
message AnyValue {
  oneof value {
    string string_value = 1;
    bool bool_value = 2;
    int64 int_value = 3;
    double double_value = 4;
    ArrayValue array_value = 5;
    KeyValueList kvlist_value = 6;
    bytes bytes_value = 7;
  }
}`;

/** AnyValue in OTLP's JSON form: at most one of the fields. */
export interface AnyJson {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  /** Decimal. */
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly AnyJson[] };
  readonly kvlistValue?: { readonly values: readonly KeyJson[] };
  /** Base64. */
  readonly bytesValue?: string;
}

export interface KeyJson {
  readonly key: string;
  readonly value: AnyJson;
}

export interface ResourceJson {
  readonly attributes: readonly KeyJson[];
}

export interface ScopeJson {
  readonly name: string;
  readonly version: string;
  readonly attributes: readonly KeyJson[];
}

/** The server's clock in these tests. */
export const ORACLE_NOW_NS = 1_795_232_758_539_421_494n;
export const DAY_NS = 86_400_000_000_000n;

export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('', '我们正在使用备用连接', 'a'.repeat(300), '\0'),
);
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('status', 'size', 'a', 'a.b', 'b', 'platform') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 10 }) },
  { weight: 1, arbitrary: fc.constantFrom('', '__proto__', 'constructor', 'toString', '键', '.') },
);
export const time: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt(ORACLE_NOW_NS - DAY_NS, ORACLE_NOW_NS + DAY_NS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0n, 1n, 946_684_799_999_999_999n, 946_684_800_000_000_000n),
  },
  { weight: 1, arbitrary: fc.constantFrom(ORACLE_NOW_NS + DAY_NS + 1n, 2n ** 63n, 2n ** 64n - 1n) },
);

const { any: anyValueOf } = fc.letrec<{ any: AnyJson; entry: KeyJson }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text.map((stringValue): AnyJson => ({ stringValue })),
    fc.boolean().map((boolValue): AnyJson => ({ boolValue })),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((int): AnyJson => ({ intValue: String(int) })),
    fc.integer({ min: -300, max: 30_000 }).map((int): AnyJson => ({ intValue: String(int) })),
    // JSON has no negative zero of its own.
    fc.double().map((double): AnyJson => ({ doubleValue: Object.is(double, -0) ? 0 : double })),
    fc.constant<AnyJson>({}),
    fc.uint8Array({ maxLength: 9 }).map((bytes): AnyJson => ({
      bytesValue: Buffer.from(bytes).toString('base64'),
    })),
    fc.array(tie('any'), { maxLength: 4 }).map((values): AnyJson => ({ arrayValue: { values } })),
    fc.array(text, { maxLength: 3 }).map((texts): AnyJson => ({
      arrayValue: { values: texts.map((stringValue) => ({ stringValue })) },
    })),
    fc
      .array(tie('entry'), { maxLength: 4 })
      .map((values): AnyJson => ({ kvlistValue: { values } })),
  ),
  entry: fc.record({ key, value: tie('any') }),
}));
/** A random AnyValue. */
export const anyValue: fc.Arbitrary<AnyJson> = anyValueOf;
export const attributes: fc.Arbitrary<KeyJson[]> = fc.array(fc.record({ key, value: anyValue }), {
  maxLength: 6,
});

export const schemaUrl: fc.Arbitrary<string> = fc.constantFrom(
  '',
  'https://opentelemetry.io/schemas/1.26.0',
);

export const resource: fc.Arbitrary<ResourceJson> = fc.record({
  attributes: fc.oneof(
    attributes,
    fc.constant([{ key: 'service.name', value: { stringValue: 'openim-api' } }]),
  ),
});

export const scope: fc.Arbitrary<ScopeJson> = fc.record({ name: text, version: text, attributes });

export function hexOf(byteCount: number): fc.Arbitrary<string> {
  return fc
    .uint8Array({ minLength: byteCount, maxLength: byteCount })
    .map((bytes) => Buffer.from(bytes).toString('hex'));
}

export function namedDoubles(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

export type Scalar = string | bigint | number | boolean;
export type Flat = Scalar | readonly Scalar[];

/** What a row must hold, by the columns' names. */
export interface ExpectedRow {
  readonly [column: string]: unknown;
}

/** The columns of every row under a resource; `resource` stands for its attributes. */
export function resourceColumns({ attributes: entries }: ResourceJson, url: string): ExpectedRow {
  const flat = flatOf(entries);
  return {
    ServiceName: textOf(flat.get('service.name') ?? ''),
    ResourceSchemaUrl: url,
    resource: texts(flat),
  };
}

/** The columns of every row under a scope. */
export function scopeColumns(of: ScopeJson, url: string): ExpectedRow {
  return {
    ScopeName: of.name,
    ScopeVersion: of.version,
    ScopeSchemaUrl: url,
    ScopeAttributes: texts(flatOf(of.attributes)),
  };
}

// The first of equal keys stays, as in the order they are written.
export function flatOf(entries: readonly KeyJson[]): Map<string, Flat> {
  const flat = new Map<string, Flat>();
  const add = (name: string, value: Flat): void => {
    if (!flat.has(name)) flat.set(name, value);
  };
  const walk = (name: string, any: AnyJson): void => {
    if (any.kvlistValue) {
      if (any.kvlistValue.values.length === 0) add(name, '{}');
      for (const entry of any.kvlistValue.values) walk(`${name}.${entry.key}`, entry.value);
    } else if (any.arrayValue) add(name, arrayOf(any.arrayValue.values) ?? jsonText(any));
    else add(name, scalarOf(any) ?? '');
  };
  for (const entry of entries) walk(entry.key, entry.value);
  return flat;
}

// Undefined when the elements are not all of one type.
function arrayOf(values: readonly AnyJson[]): readonly Scalar[] | undefined {
  const scalars = values.map(scalarOf);
  const types = new Set(scalars.map((scalar) => typeof scalar));
  if (types.has('undefined') || types.size > 1) return undefined;
  return scalars.flatMap((scalar) => (scalar === undefined ? [] : [scalar]));
}

export function scalarOf(any: AnyJson): Scalar | undefined {
  if (any.intValue !== undefined) return BigInt(any.intValue);
  return any.stringValue ?? any.boolValue ?? any.doubleValue ?? any.bytesValue;
}

export function jsonText(any: AnyJson): string {
  if (any.kvlistValue) {
    const members = any.kvlistValue.values.map(
      (entry) => `${JSON.stringify(entry.key)}:${jsonText(entry.value)}`,
    );
    return `{${members.join(',')}}`;
  }
  if (any.arrayValue) return `[${any.arrayValue.values.map(jsonText).join(',')}]`;
  const scalar = scalarOf(any);
  if (scalar === undefined) return 'null';
  if (typeof scalar === 'string') return JSON.stringify(scalar);
  const isNamed = typeof scalar === 'number' && !Number.isFinite(scalar);
  return isNamed ? `"${scalar}"` : String(scalar);
}

export function texts(flat: ReadonlyMap<string, Flat>): Map<string, string> {
  return new Map([...flat].map(([name, value]) => [name, textOf(value)]));
}

export function textOf(value: Flat): string {
  if (!isArray(value)) return String(value);
  const elements = value.map((one) =>
    typeof one === 'string' ? JSON.stringify(one) : String(one),
  );
  return `[${elements.join(',')}]`;
}

function isArray(value: Flat): value is readonly Scalar[] {
  return Array.isArray(value);
}
