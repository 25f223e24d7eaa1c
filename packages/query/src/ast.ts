/**
 * The syntax tree of a query, as written: nothing is known about fields yet. Every node says where it
 * stands in the text, so that a later error can point at it.
 */

/** UTF-16 offsets into the query text; `end` is past the last character. */
export interface Position {
  readonly start: number;
  readonly end: number;
}

/**
 * Text with wildcards: the literal pieces between stars. One piece is plain text, `['a', '']` is
 * `a*`. Two stars in a row are one.
 */
export type Pieces = readonly string[];

/** Literal pieces may lie in quotes; stars work there too, `\*` is a literal one. */
export interface TextLiteral extends Position {
  readonly kind: 'text';
  readonly pieces: Pieces;
  readonly quoted: boolean;
}

export interface RegexLiteral extends Position {
  readonly kind: 'regex';
  /** RE2 syntax, without the slashes around it. */
  readonly source: string;
}

export type Literal = TextLiteral | RegexLiteral;

/** What follows `field:`, one literal or a list `(a or b and not c)`. */
export type Values =
  | Literal
  | (Position & { readonly kind: 'and' | 'or'; readonly operands: readonly Values[] })
  | (Position & { readonly kind: 'not'; readonly operand: Values });

/** In quotes or not: a star is a wildcard in both. */
export interface FieldName extends Position {
  readonly pieces: Pieces;
}

export type CompareOperator = '<' | '<=' | '>' | '>=';

export type QueryNode =
  /** An empty query, `*` or `*:*`. */
  | (Position & { readonly kind: 'all' })
  | (Position & { readonly kind: 'and' | 'or'; readonly operands: readonly QueryNode[] })
  | (Position & { readonly kind: 'not'; readonly operand: QueryNode })
  | (Position & { readonly kind: 'exists'; readonly field: FieldName })
  | (Position & { readonly kind: 'is'; readonly field: FieldName; readonly values: Values })
  /** A value without a field. */
  | (Position & { readonly kind: 'anywhere'; readonly value: Literal })
  | (Position & {
      readonly kind: 'compare';
      readonly field: FieldName;
      readonly operator: CompareOperator;
      readonly value: TextLiteral;
    });

/** The text of pieces as a person would write it, for messages. */
export function piecesText(pieces: Pieces): string {
  return pieces.join('*');
}

export function isEverything(pieces: Pieces): boolean {
  return pieces.length > 1 && pieces.every((piece) => piece === '');
}
