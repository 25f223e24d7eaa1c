/**
 * Redaction: what must not be stored, replaced before anything is written.
 *
 * By key, for attributes (`keyRule`, asked once per distinct key), and by shape, for every text. The
 * caller asks `suspicious` about the bytes of each body and value, which costs about a nanosecond per
 * byte and allocates nothing, and decodes and rewrites only what it does not clear. The rules are
 * applied at the places `suspicious` stops at and nowhere else, so what it clears has no match.
 *
 * Identifiers (operation, trace, user, message; sequence numbers, times, sizes) stay as they are.
 * Redacting what is redacted changes nothing.
 */
import { findAddress } from './addresses.ts';
import { createCandidateSearch } from './candidates.ts';
import type { GateList } from './gate-list.ts';
import { KINDS } from './gates.ts';
import { createMarker, readable } from './mark.ts';
import { findNumber, maskDigits } from './numbers.ts';
import { createPairFinder, isWholeMark } from './pairs.ts';
import { PREFIX_RULES } from './prefix-rules.ts';
import { createPrefixFinder, findScheme } from './prefixed.ts';
import { fromRaw, toRaw } from './raw-text.ts';
import { RULE_NAMES, startScan } from './scan.ts';
import type { Match, RuleName, Scan } from './scan.ts';
import { classifyKey, contentKeyEndings, PARAMETER_KEYS, secretKeyEndings } from './secret-keys.ts';
import type { KeyRule } from './secret-keys.ts';
import { isReference, isStandIn } from './shapes.ts';

export type { KeyRule } from './secret-keys.ts';

const { BYTE_AT, BYTE_DIGIT, BYTE_ENCODED, BYTE_FLAG, BYTE_PAIR, BYTE_PREFIX, BYTE_SCHEME } = KINDS;

export interface RedactorOptions {
  /** Of this site: equal secrets have equal marks where the key is equal. */
  readonly key: Uint8Array;
  /** All rules are on; `false` switches one off. */
  readonly rules?: Readonly<Partial<Record<RuleName, boolean>>>;
  /** `length` hides what people write to each other and keeps its length. Default `keep`. */
  readonly contentMode?: 'keep' | 'length';
}

export interface Redactor {
  /**
   * What the key says about its values: secret or content (`redactValue`, whatever it looks like) or
   * an identifier (left alone). Undefined: the value decides. For the caller to cache per key.
   */
  keyRule(key: string): KeyRule | undefined;
  /**
   * Whether the bytes [start, end) may hold something to redact; false is definitive. Allocates nothing.
   * With false `passed` knows the same of all parts of these bytes that hold no gate.
   */
  suspicious(bytes: Uint8Array, start: number, end: number, passed?: GateList): boolean;
  /** The text redacted, or undefined when there is nothing to redact. */
  redactText(text: string): string | undefined;
  /** The value under a key with a rule. Empty values, `null` and what is redacted already stay. */
  redactValue(rule: KeyRule, value: string): string;
  /** A phone, id card or bank card stored as a number, masked. For keys without a rule. */
  redactInteger(value: bigint | number): string | undefined;
  /** Replacements since the start, by rule. */
  counts(): Readonly<Record<RuleName, number>>;
}

/**
 * What is hidden can uncover its neighbour: `110101199003078515.AKIA…` is no id card until the dot is
 * the end of a sentence. So passes are made until one finds nothing: two, but for made-up texts.
 */
const PASSES_MAX = 8;
/** Of the text that was asked about last. */
const REMEMBERED_LENGTH_MAX: number = 64 * 1024;

export function createRedactor(options: RedactorOptions): Redactor {
  const content = options.contentMode ?? 'keep';
  const search = createCandidateSearch({
    keyEndings: [...secretKeyEndings(), ...(content === 'length' ? contentKeyEndings() : [])],
    parameterKeys: PARAMETER_KEYS,
    prefixRules: PREFIX_RULES,
  });
  const marker = createMarker(options.key);
  const pairs = createPairFinder(marker, content);
  const prefixed = createPrefixFinder(marker);
  const counts = zeroCounts();
  const isOn = (rule: RuleName): boolean => options.rules?.[rule] !== false;

  function matchAt(scan: Scan, at: number): Match | undefined {
    const kind = search.kinds[scan.bytes[at] ?? 0] ?? 0;
    const allowed = (match: Match | undefined): Match | undefined =>
      match !== undefined && match.start >= scan.floor && isOn(match.rule) ? match : undefined;
    return (
      ((kind & BYTE_PREFIX) === 0 ? undefined : allowed(prefixed(scan, at))) ??
      ((kind & BYTE_PAIR) === 0 ? undefined : allowed(pairs.pair(scan, at))) ??
      ((kind & BYTE_ENCODED) === 0 ? undefined : allowed(pairs.pair(scan, at))) ??
      ((kind & BYTE_AT) === 0 ? undefined : allowed(findAddress(scan, at, marker))) ??
      ((kind & BYTE_SCHEME) === 0 ? undefined : allowed(findScheme(scan, at, marker))) ??
      ((kind & BYTE_FLAG) === 0 ? undefined : allowed(pairs.flag(scan, at))) ??
      ((kind & BYTE_DIGIT) === 0 ? undefined : allowed(findNumber(scan, at)))
    );
  }

  // A text with secrets is asked about by those who look for them and by those who write it.
  let lastText = '';
  let lastRedacted: string | undefined;
  function redactText(text: string): string | undefined {
    if (text === lastText) return lastRedacted;
    const redacted = redactedOf(text);
    if (text.length <= REMEMBERED_LENGTH_MAX) {
      lastText = text;
      lastRedacted = redacted;
    }
    return redacted;
  }

  function redactedOf(text: string): string | undefined {
    let raw: string | undefined;
    let bytes = Buffer.from(text, 'utf8');
    for (let passes = 0; passes < PASSES_MAX; passes++) {
      const redacted = onePass(bytes);
      if (redacted === undefined) break;
      raw = redacted;
      bytes = Buffer.from(raw, 'latin1');
    }
    return raw === undefined ? undefined : fromRaw(raw);
  }

  function onePass(bytes: Buffer): string | undefined {
    let at = search.next(bytes, 0, bytes.length, 0);
    if (at === -1) return undefined;
    const scan = startScan(bytes);
    const parts: string[] = [];
    while (at !== -1) {
      const match = matchAt(scan, at);
      if (match === undefined) scan.resume = Math.max(scan.resume, at + 1);
      else {
        parts.push(scan.raw.slice(scan.floor, match.start), match.replacement);
        counts[match.rule] += 1;
        scan.floor = match.end;
        scan.resume = match.end;
      }
      at = search.next(bytes, scan.resume, bytes.length, scan.floor);
    }
    if (parts.length === 0) return undefined;
    parts.push(scan.raw.slice(scan.floor));
    return parts.join('');
  }

  function redactValue(rule: KeyRule, value: string): string {
    if (rule.kind === 'identifier' || value.trim() === '' || isStandIn(value)) return value;
    if (rule.kind === 'secret' && isReference(value, rule.label)) return value;
    const raw = toRaw(value);
    if (isWholeMark(raw)) return value;
    const name = rule.kind === 'content' ? 'content' : 'key';
    if (!isOn(name)) return value;
    const hidden =
      rule.kind === 'content' ? marker.mark(`content-${raw.length}`, raw) : pairs.hide(rule, raw);
    if (hidden === raw) return value;
    counts[name] += 1;
    return readable(hidden);
  }

  return {
    keyRule: (key) => classifyKey(key, content),
    suspicious: (bytes, start, end, passed) => search.next(bytes, start, end, start, passed) !== -1,
    redactText,
    redactValue,
    redactInteger(value) {
      const masked = maskDigits(String(value));
      if (masked === undefined || !isOn(masked.rule)) return undefined;
      counts[masked.rule] += 1;
      return masked.text;
    },
    counts: () => ({ ...counts }),
  };
}

function zeroCounts(): Record<RuleName, number> {
  return Object.fromEntries(RULE_NAMES.map((name) => [name, 0])) as Record<RuleName, number>;
}
