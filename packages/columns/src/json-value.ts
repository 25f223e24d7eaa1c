/** Values of attributes into a path of the JSON column. */
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
import type { ByteStore } from './byte-store.ts';
import { KIND, type JsonPath, type Kind } from './json-path.ts';

/** A number that is a safe integer counts as Int64; an array of several kinds has none. */
export function kindOfValue(value: AttributeValue): Kind | undefined {
  if (typeof value !== 'object') return kindOfScalar(value);
  const [first] = value;
  if (first === undefined) return KIND.texts;
  const kind = kindOfScalar(first);
  if (value.every((element) => kindOfScalar(element) === kind)) return (kind + KIND.texts) as Kind;
  return value.every((element) => typeof element === 'number') ? KIND.float64s : undefined;
}

/** Writes the value of `row`, which must fit `kind`, and returns about how many bytes it took. */
export function putJsonValue(
  path: JsonPath,
  row: number,
  { kind, value }: { readonly kind: Kind; readonly value: AttributeValue },
): number {
  if (typeof value !== 'object') {
    const store = path.claim(row, kind);
    const before = store.end;
    putScalar(store, kind, value);
    return store.end - before;
  }
  const store = path.claimArray(row, kind, value.length);
  const before = store.end;
  for (const element of value) putScalar(store, (kind - KIND.texts) as Kind, element);
  return store.end - before + 8;
}

function kindOfScalar(value: AttributeScalar): Kind {
  if (typeof value === 'string') return KIND.text;
  if (typeof value === 'boolean') return KIND.bool;
  if (typeof value === 'bigint') return KIND.int64;
  return Number.isSafeInteger(value) ? KIND.int64 : KIND.float64;
}

function putScalar(store: ByteStore, kind: Kind, value: AttributeScalar): void {
  if (kind === KIND.int64) {
    const integer = BigInt(value);
    store.putUint64(Number(BigInt.asIntN(32, integer)), Number(BigInt.asIntN(32, integer >> 32n)));
  } else if (kind === KIND.float64) store.putFloat64(Number(value));
  else if (kind === KIND.bool) store.putByte(value === true ? 1 : 0);
  else store.putString(String(value));
}
