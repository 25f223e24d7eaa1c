/** What the LogWriter asks of redaction; `redact/` is the one that ships. */
import type { KeyRule } from './redact/secret-keys.ts';

export interface Redaction {
  /** What the key says of its value; asked once for each key. */
  keyRule(key: string): KeyRule | undefined;
  /** False only when `redactText` would change nothing. Fast: it reads every value. */
  suspicious(bytes: Uint8Array, start: number, end: number): boolean;
  redactText(text: string): string;
  redactValue(rule: KeyRule, value: string): string;
}
