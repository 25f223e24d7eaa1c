/** Resources and scopes as the LogWriter hands them to batches: redacted, hashed, each made once. */
import { hash } from 'node:crypto';
import type { LogResource, LogScope } from '@tendril/columns/log-resource';
import { cutUtf8, decodeUtf8 } from '@tendril/columns/utf8';
import {
  emptyAttributes,
  type AttributeScalar,
  type AttributeValue,
  type Attributes,
} from '@tendril/model/attribute';
import type { Limits } from '@tendril/model/limits';
import { NEW_KEYS_PER_REQUEST_MAX } from './attribute-keys.ts';
import type { KeyRule, Redactor } from './redact/redactor.ts';

/** Resources and scopes remembered; who makes up new ones all the time pays for it. */
const REMEMBERED_MAX = 4096;
/** Characters of all keys remembered together, about 32 MiB. */
const REMEMBERED_LENGTH_MAX = 16 * 1024 * 1024;
/** Longer ones are made anew each time. */
const KEY_LENGTH_MAX = 256 * 1024;
/** Keys of attributes whose rules are remembered; past it the memory starts anew. */
const RULES_REMEMBERED_MAX = 8192;
const ENVIRONMENT_KEYS = ['deployment.environment.name', 'deployment.environment'] as const;

/** A scope as a protocol reads it. */
export interface ScopeFields {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
  readonly schemaUrl: string;
}

export const NO_SCOPE: LogScope = {
  name: '',
  version: '',
  attributes: emptyAttributes(),
  schemaUrl: '',
};

export class LogContext {
  private readonly redactor: Redactor;
  private readonly limits: Limits;
  private readonly resources: Remembered<LogResource> = new Remembered<LogResource>();
  private readonly scopes: Remembered<LogScope> = new Remembered<LogScope>();
  private readonly resourcesOfBytes: Remembered<LogResource> = new Remembered<LogResource>();
  private readonly scopesOfBytes: Remembered<LogScope> = new Remembered<LogScope>();

  private readonly rules: Map<string, RememberedRule> = new Map();
  /** Of the request. */
  private newKeys = 0;
  private dropped = 0;

  constructor(redactor: Redactor, limits: Limits) {
    this.redactor = redactor;
    this.limits = limits;
  }

  /** Begins a request. */
  open(): void {
    this.newKeys = 0;
    this.dropped = 0;
  }

  /** For the sender of the request; empty when it lost none. */
  get warning(): string {
    if (this.dropped === 0) return '';
    return `${this.dropped} attributes of resources and scopes were left out: a request may bring ${NEW_KEYS_PER_REQUEST_MAX} new keys`;
  }

  resource(attributes: Attributes, schemaUrl: string): LogResource {
    const redacted = this.clean(attributes);
    const text = canonicalText(redacted);
    return this.resources.get(`${schemaUrl}\n${text}`, () => ({
      id: contentId(text),
      attributes: redacted,
      serviceName: textOf(redacted['service.name']),
      environment: textOf(ENVIRONMENT_KEYS.map((key) => redacted[key]).find((value) => value)),
      schemaUrl,
    }));
  }

  scope({ name, version, attributes, schemaUrl }: ScopeFields): LogScope {
    const redacted = this.clean(attributes);
    const key = JSON.stringify([name, version, schemaUrl, canonicalText(redacted)]);
    return this.scopes.get(key, () => ({ name, version, schemaUrl, attributes: redacted }));
  }

  /** `decode` runs only when these bytes were not seen lately. */
  resourceOfBytes(raw: string, decode: () => LogResource): LogResource {
    return this.resourcesOfBytes.get(raw, decode);
  }

  scopeOfBytes(raw: string, decode: () => LogScope): LogScope {
    return this.scopesOfBytes.get(raw, decode);
  }

  // Within the limits of a record's attributes, and without secrets.
  private clean(attributes: Attributes): Attributes {
    const cleaned = emptyAttributes();
    const { recordAttributesMax, keyBytesMax, valueBytesMax } = this.limits;
    for (const [key, value] of Object.entries(attributes).slice(0, recordAttributesMax)) {
      const known = this.ruleOf(key);
      if (!known) {
        this.dropped += 1;
        continue;
      }
      const kept = typeof value === 'string' ? cutText(value, valueBytesMax) : value;
      cleaned[cutText(key, keyBytesMax)] ??= redactAttribute(this.redactor, known.rule, kept);
    }
    return cleaned;
  }

  // Undefined when it is one new key too many for the request.
  private ruleOf(key: string): RememberedRule | undefined {
    const known = this.rules.get(key);
    if (known) return known;
    if (this.newKeys >= NEW_KEYS_PER_REQUEST_MAX) return undefined;
    this.newKeys += 1;
    if (this.rules.size >= RULES_REMEMBERED_MAX) this.rules.clear();
    const found: RememberedRule = { rule: this.redactor.keyRule(key) };
    if (key.length <= this.limits.keyBytesMax) this.rules.set(key, found);
    return found;
  }
}

function cutText(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  return decodeUtf8(bytes, 0, cutUtf8(bytes, 0, bytesMax));
}

/** What a key says about its values, if anything. */
interface RememberedRule {
  readonly rule: KeyRule | undefined;
}

/** Secrets also hide in numbers and in elements of arrays. */
function redactAttribute(
  redactor: Redactor,
  rule: KeyRule | undefined,
  value: AttributeValue,
): AttributeValue {
  if (rule?.kind === 'identifier') return value;
  if (typeof value === 'object') {
    return value.map((element) => redactScalar(redactor, rule, element));
  }
  return redactScalar(redactor, rule, value);
}

function redactScalar(
  redactor: Redactor,
  rule: KeyRule | undefined,
  value: AttributeScalar,
): AttributeScalar {
  if (!rule && typeof value === 'string') return redactor.redactText(value) ?? value;
  if (!rule) return isInteger(value) ? (redactor.redactInteger(value) ?? value) : value;
  const text = String(value);
  const hidden = redactor.redactValue(rule, text);
  return hidden === text ? value : hidden;
}

function isInteger(value: AttributeScalar): value is bigint | number {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

/** The same for equal attributes, whatever their order: one `key=value` line each, sorted. */
function canonicalText(attributes: Attributes): string {
  const lines = Object.entries(attributes).map(([key, value]) =>
    JSON.stringify([
      key,
      typeOf(value),
      typeof value === 'object' ? value.map(String) : String(value),
    ]),
  );
  return lines.sort().join('\n');
}

// Integers are numbers in lines and of 64 bits on the wire; they are stored as the same.
function typeOf(value: AttributeValue): string {
  return Number.isSafeInteger(value) ? 'bigint' : typeof value;
}

function contentId(text: string): bigint {
  return hash('sha256', text, 'buffer').readBigUInt64BE(0);
}

function textOf(value: AttributeValue | undefined): string {
  return value === undefined ? '' : String(value);
}

/** Makes each value once for its key, until there are too many. */
class Remembered<T> {
  private readonly values: Map<string, T> = new Map();
  private length = 0;

  get(key: string, make: () => T): T {
    const existing = this.values.get(key);
    if (existing) return existing;
    const made = make();
    if (key.length <= KEY_LENGTH_MAX) this.add(key, made);
    return made;
  }

  private add(key: string, value: T): void {
    this.length += key.length;
    if (this.values.size >= REMEMBERED_MAX || this.length > REMEMBERED_LENGTH_MAX) {
      this.values.clear();
      this.length = key.length;
    }
    this.values.set(key, value);
  }
}
