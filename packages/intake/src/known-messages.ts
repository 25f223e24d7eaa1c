/**
 * Messages that loggers write again and again, with the ids of their patterns: what was looked through for secrets
 * and hashed once needs neither again (`npm run bench -- lines`). For one redactor.
 */
import { keptText } from './patterns/kept-text.ts';
import type { IdWords } from './patterns/pattern-hash.ts';

export interface KnownMessage {
  readonly pattern: Readonly<IdWords>;
  readonly skeleton: Readonly<IdWords>;
}

/** Longer ones hold values, mostly. */
const LENGTH_MAX = 64;
/** Programs have some thousands; with prose the memory starts anew. */
const MESSAGES_MAX = 4096;
const VALUE = /\d/;

export class KnownMessages {
  private readonly messages: Map<string, KnownMessage> = new Map();

  get(text: string): KnownMessage | undefined {
    return text.length > LENGTH_MAX ? undefined : this.messages.get(text);
  }

  /** Of a text that is stored as it is. */
  add(text: string, { pattern, skeleton }: KnownMessage): void {
    if (text.length > LENGTH_MAX || VALUE.test(text)) return;
    if (this.messages.size >= MESSAGES_MAX) this.messages.clear();
    this.messages.set(keptText(text), { pattern: { ...pattern }, skeleton: { ...skeleton } });
  }
}
