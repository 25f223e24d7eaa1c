/**
 * A checked query: fields are resolved to where their values lie, values to what they mean. Both
 * `lower` (SQL) and `match` (in memory) work on this tree and must agree; what a query means is
 * decided before.
 */
import type { RE2JS } from 're2js';

import type { TextColumn } from '@tendril/model/fields';

import type { CompareOperator, Pieces } from './ast.ts';
import type { AttributeField } from './catalogue.ts';
import type { Cell } from './column.ts';
import type { IpRange } from './ip-range.ts';
import type { Quantity } from './quantity.ts';
import type { Folding } from './words.ts';

export type ResolvedQuery =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly ResolvedQuery[] }
  | { readonly kind: 'not'; readonly operand: ResolvedQuery }
  | Test;

export type Test =
  | { readonly kind: 'text'; readonly column: TextColumn; readonly test: TextTest }
  | { readonly kind: 'value'; readonly target: ValueTarget; readonly test: ValueTest }
  /** A column that a pipe made; there are none in live tail. */
  | { readonly kind: 'cell'; readonly cell: Cell; readonly test: CellTest }
  | { readonly kind: 'hex'; readonly column: HexColumn; readonly test: HexTest }
  /** Bounds included. Columns hold 0 where the record has no value, so a range that means "has one" starts at 1. */
  | {
      readonly kind: 'integer';
      readonly column: IntegerColumn;
      readonly min?: bigint | undefined;
      readonly max?: bigint | undefined;
    }
  | {
      readonly kind: 'time';
      readonly column: TimeColumn;
      readonly fromNs?: bigint | undefined;
      /** Past the last. */
      readonly toNs?: bigint | undefined;
    };

export type CellTest =
  | { readonly kind: 'exists' }
  /** On the cell as text. */
  | { readonly kind: 'text'; readonly test: Exclude<ValueTest, { readonly kind: 'exists' }> }
  | {
      readonly kind: 'number';
      readonly operator: CompareOperator | '=';
      readonly bound: bigint | number;
    }
  | { readonly kind: 'time'; readonly fromNs?: bigint; readonly toNs?: bigint };

export type HexColumn = 'PatternId' | 'RecordId';
/** `Duration` is of spans, which all have one: 0 is a value there. */
export type IntegerColumn = 'SeverityNumber' | 'DurationNs' | 'Duration';
export type TimeColumn = 'Timestamp' | 'ObservedTimestamp';

export type TextTest =
  | { readonly kind: 'exists' }
  | { readonly kind: 'empty' }
  /** One of the words; they are folded. */
  | { readonly kind: 'anyWord'; readonly words: readonly string[]; readonly folding: Folding }
  /** All of the words, in any order; they are folded. */
  | { readonly kind: 'everyWord'; readonly words: readonly string[]; readonly folding: Folding }
  /** The words one after the other; they are folded. */
  | { readonly kind: 'phrase'; readonly words: readonly string[]; readonly folding: Folding }
  /** The pieces anywhere, in order; they are folded. */
  | {
      readonly kind: 'contains';
      readonly pieces: Pieces;
      readonly folding: Folding;
      /** Every stored word that holds the longest run beyond ASCII of the pieces; undefined when not looked up. */
      readonly words?: readonly string[];
    }
  | RegexTest;

export interface RegexTest {
  readonly kind: 'regex';
  readonly source: string;
  readonly regex: RE2JS;
}

/** A string column, an attribute or a resource attribute. `lower` compares without ASCII case. */
export type ValueTarget =
  | { readonly kind: 'column'; readonly column: string; readonly lower?: boolean }
  | { readonly kind: 'attribute'; readonly attribute: AttributeField }
  | { readonly kind: 'resource'; readonly key: string };

export type ValueTest =
  | { readonly kind: 'exists' }
  | { readonly kind: 'in'; readonly values: Equals }
  /** Anchored at both ends. */
  | { readonly kind: 'like'; readonly pieces: Pieces }
  | RegexTest
  | {
      readonly kind: 'compareNumber';
      readonly operator: CompareOperator;
      readonly bound: bigint | number;
    }
  /** By code point. */
  | { readonly kind: 'compareText'; readonly operator: CompareOperator; readonly bound: string }
  | {
      readonly kind: 'quantity';
      readonly operator: CompareOperator | '=';
      readonly quantity: Quantity;
      /** What 1 stands for where the value is a bare number; undefined when that is not known. */
      readonly numberUnit: number | undefined;
    }
  | { readonly kind: 'ip'; readonly range: IpRange };

/** What a value may equal, by the type it is stored as. */
export interface Equals {
  readonly texts: readonly string[];
  /** Of Int64. */
  readonly integers: readonly bigint[];
  readonly floats: readonly number[];
  readonly booleans: readonly boolean[];
}

export type HexTest =
  | { readonly kind: 'exists' }
  | {
      readonly kind: 'in';
      readonly ids: readonly bigint[];
      /** Of patterns: all records of these skeletons as well. Known to the engine alone. */
      readonly skeletonIds?: readonly bigint[];
    }
  | { readonly kind: 'like'; readonly pieces: Pieces }
  | RegexTest;
