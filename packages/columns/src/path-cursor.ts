/**
 * Walks over one path's values row by row, for what writes all rows of a batch: nothing is made for a row, where
 * reading rows as objects costs several (`bench agent`).
 */
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
import { KIND, KIND_TYPES, type JsonPath, type Kind } from './json-path.ts';
import { TextCursor } from './text-cursor.ts';

export class PathCursor {
  readonly name: string;
  /** Of the row's value; undefined where the row has none. */
  kind: Kind | undefined;
  private readonly path: JsonPath;
  private readonly typeIndexes: Uint8Array;
  private readonly texts: (TextCursor | undefined)[] = [];
  /** Values of each type up to the one at hand. */
  private readonly valueCounts: Uint32Array = new Uint32Array(KIND_TYPES.length);
  /** Elements of arrays of each type before the one at hand. */
  private readonly elementCounts: Uint32Array = new Uint32Array(KIND_TYPES.length);

  constructor(path: JsonPath, rowCount: number) {
    this.name = path.name;
    this.path = path;
    this.typeIndexes = path.filled(rowCount);
  }

  /** Rows are asked for one after the other, from the first on. True when the row has a value. */
  moveTo(row: number): boolean {
    const kind = this.path.types[this.typeIndexes[row] ?? 0];
    this.kind = kind;
    if (kind === undefined) return false;
    this.valueCounts[kind] = (this.valueCounts[kind] ?? 0) + 1;
    if (kind === KIND.text) this.text.next();
    return true;
  }

  /** Of the row whose kind is `text`. */
  get text(): TextCursor {
    return this.textsOf(KIND.text);
  }

  /** The words of the row whose kind is `int64`. */
  get int64Low(): number {
    return this.path.storeOf(KIND.int64).view.getInt32(this.scalarAt(KIND.int64) * 8, true);
  }

  get int64High(): number {
    return this.path.storeOf(KIND.int64).view.getInt32(this.scalarAt(KIND.int64) * 8 + 4, true);
  }

  /** Of a row with a value, whatever its kind; taken once. */
  take(): AttributeValue {
    const { kind = KIND.text } = this;
    return kind >= KIND.texts ? this.takeArray(kind) : this.scalar(kind, this.scalarAt(kind));
  }

  private takeArray(kind: Kind): AttributeScalar[] {
    const from = this.elementCounts[kind] ?? 0;
    const to = this.path.endsOf(kind).view.getUint32(this.scalarAt(kind) * 8, true);
    this.elementCounts[kind] = to;
    const elements: AttributeScalar[] = [];
    for (let at = from; at < to; at += 1) {
      if (kind === KIND.texts) this.textsOf(kind).next();
      elements.push(this.scalar(kind, at));
    }
    return elements;
  }

  private scalarAt(kind: Kind): number {
    return (this.valueCounts[kind] ?? 0) - 1;
  }

  private scalar(kind: Kind, index: number): AttributeScalar {
    const { bytes, view } = this.path.storeOf(kind);
    switch (kind) {
      case KIND.text:
      case KIND.texts:
        return this.textsOf(kind).toString();
      case KIND.int64:
      case KIND.int64s:
        return view.getBigInt64(index * 8, true);
      case KIND.float64:
      case KIND.float64s:
        return view.getFloat64(index * 8, true);
      case KIND.bool:
      case KIND.bools:
      default:
        return bytes[index] === 1;
    }
  }

  private textsOf(kind: Kind): TextCursor {
    return (this.texts[kind] ??= new TextCursor(this.path.storeOf(kind)));
  }
}
