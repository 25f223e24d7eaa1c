/** Resources and scopes as the LogWriter hands them to batches: redacted, hashed, each made once. */
import { hash } from 'node:crypto';
import type { LogResource, LogScope } from '@tendril/columns/log-resource';
import { emptyAttributes, type AttributeValue, type Attributes } from '@tendril/model/attribute';
import type { Redaction } from './redaction.ts';

/** Resources and scopes remembered; who makes up new ones all the time pays for it. */
const REMEMBERED_MAX = 4096;
/** Characters of all keys remembered together, about 32 MiB. */
const REMEMBERED_LENGTH_MAX = 16 * 1024 * 1024;
/** Longer ones are made anew each time. */
const KEY_LENGTH_MAX = 256 * 1024;
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
  private readonly redaction: Redaction;
  private readonly resources: Remembered<LogResource> = new Remembered<LogResource>();
  private readonly scopes: Remembered<LogScope> = new Remembered<LogScope>();
  private readonly resourcesOfBytes: Remembered<LogResource> = new Remembered<LogResource>();
  private readonly scopesOfBytes: Remembered<LogScope> = new Remembered<LogScope>();

  constructor(redaction: Redaction) {
    this.redaction = redaction;
  }

  resource(attributes: Attributes, schemaUrl: string): LogResource {
    const redacted = this.redact(attributes);
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
    const redacted = this.redact(attributes);
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

  private redact(attributes: Attributes): Attributes {
    const redacted = emptyAttributes();
    for (const [key, value] of Object.entries(attributes)) {
      redacted[key] = redactAttribute(this.redaction, key, value);
    }
    return redacted;
  }
}

/** Secrets also hide in numbers and in elements of arrays. */
export function redactAttribute(
  redaction: Redaction,
  key: string,
  value: AttributeValue,
): AttributeValue {
  const rule = redaction.keyRule(key);
  if (rule?.kind === 'identifier') return value;
  const change = (text: string): string =>
    rule ? redaction.redactValue(rule, text) : redaction.redactText(text);
  if (typeof value === 'object') {
    return value.map((element) => (typeof element === 'string' ? change(element) : element));
  }
  const text = String(value);
  const changed = change(text);
  return changed === text ? value : changed;
}

/** The same for equal attributes, whatever their order: one `key=value` line each, sorted. */
function canonicalText(attributes: Attributes): string {
  const lines = Object.entries(attributes).map(([key, value]) =>
    JSON.stringify([
      key,
      typeof value,
      typeof value === 'object' ? value.map(String) : String(value),
    ]),
  );
  return lines.sort().join('\n');
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
