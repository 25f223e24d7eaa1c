/**
 * The three kinds of failure: a bad record is a value (`Rejection`), a failed operation is thrown
 * (`Failure`), a broken assumption is an assert.
 */
export type RejectionCode =
  | 'malformed'
  | 'too_large'
  | 'bad_timestamp'
  | 'bad_id'
  | 'too_deep'
  | 'too_many_attributes';

/** Why one record was refused; the rest of its batch goes on. */
export interface Rejection {
  readonly code: RejectionCode;
  /** English, for the sender's log; holds no text of the record beyond a short quote. */
  readonly reason: string;
}

export interface FailureOptions {
  /** Stable; the message catalogue has a sentence for it in each language. */
  readonly code: string;
  /** English: what could not be done and why. */
  readonly detail: string;
  /** What the sentence names; shown to people, so already redacted. */
  readonly params?: Readonly<Record<string, string | number>>;
  readonly cause?: unknown;
}

/** A failed operation. Handled once, at the edge. */
export class Failure extends Error {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;

  constructor({ code, detail, params = {}, cause }: FailureOptions) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = 'Failure';
    this.code = code;
    this.params = params;
  }
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
