/** What the finders of one text share, and what they return. */
export type RuleName =
  | 'key'
  | 'content'
  | 'jwt'
  | 'authorization'
  | 'url'
  | 'vendor'
  | 'private-key'
  | 'generic'
  | 'phone'
  | 'id-card'
  | 'bank-card'
  | 'email';

export const RULE_NAMES: readonly RuleName[] = [
  'key',
  'content',
  'jwt',
  'authorization',
  'url',
  'vendor',
  'private-key',
  'generic',
  'phone',
  'id-card',
  'bank-card',
  'email',
];

/** A stretch of raw text and what stands there afterwards. */
export interface Match {
  readonly rule: RuleName;
  readonly start: number;
  readonly end: number;
  /** Raw, as everything here. */
  readonly replacement: string;
}

/** One pass over one text. Finders may write the fields marked so, nothing else. */
export interface Scan {
  readonly raw: string;
  /** The same, one byte per character. */
  readonly bytes: Uint8Array;
  /** End of the last replacement. Nothing before it is looked at: it is not there any more. */
  floor: number;
  /** Written by finders that have read ahead in vain: where to go on. */
  resume: number;
  /** End of the last number left alone because its key names an identifier; a list goes on from it. */
  identifierEnd: number;
  /** Where the next `-----END` is, once it has been looked for; keeps hostile text linear. */
  nextPemEnd: number | undefined;
  /** No JWT begins before this: its run of characters has been read and ends without a dot. */
  noJwtBefore: number;
  /** Whether the text shows a chat message, once it has been asked. */
  isMessage: boolean | undefined;
}

export function startScan(bytes: Buffer): Scan {
  return {
    raw: bytes.toString('latin1'),
    bytes,
    floor: 0,
    resume: 0,
    identifierEnd: -1,
    nextPemEnd: undefined,
    noJwtBefore: 0,
    isMessage: undefined,
  };
}
