/**
 * What is known about an attribute key: which domain column it fills, whether its value is a secret,
 * which path it has. Found by bytes, so that a known key costs no string.
 */
import type { AttributeKey, AttributePaths } from '@tendril/columns/attribute-paths';
import { ByteTable } from '@tendril/columns/byte-table';
import type { ByteSource } from '@tendril/columns/byte-store';
import { cutUtf8, decodeUtf8 } from '@tendril/columns/utf8';
import { logFieldOfSourceKey, type Field } from '@tendril/model/fields';
import { durationUnitOfKey } from '@tendril/model/duration';
import type { KeyRule, Redactor } from './redact/redactor.ts';

/** Past this many keys all are looked up anew: only hostile input has more. */
const KEYS_REMEMBERED_MAX = 8192;

/**
 * Keys of records that one request may bring which were not seen lately. Learning a key costs microseconds
 * in which nobody else is served, and a request with so many makes them up. Twice what is remembered: a
 * request whose keys all fit there loses none.
 */
export const NEW_KEYS_PER_REQUEST_MAX: number = 2 * KEYS_REMEMBERED_MAX;

/** Columns that attributes fill. The ones up to `original` take the attribute away. */
export const DOMAIN = {
  none: 0,
  operationId: 1,
  traceId: 2,
  spanId: 3,
  original: 4,
  userId: 5,
  connectionId: 6,
  conversationId: 7,
  errorCode: 8,
  caller: 9,
  duration: 10,
} as const;
export type Domain = (typeof DOMAIN)[keyof typeof DOMAIN];

/** Their values leave the attributes, some of them only when they are what they should be. */
const SPECIAL_DOMAINS: ReadonlySet<Domain> = new Set([
  DOMAIN.operationId,
  DOMAIN.traceId,
  DOMAIN.spanId,
  DOMAIN.original,
]);

const DOMAIN_OF_FIELD: Readonly<Record<string, Domain>> = DOMAIN;

export interface KeyEntry {
  readonly name: string;
  readonly key: AttributeKey;
  readonly domain: Domain;
  /** Nanoseconds of a number under this key, or 0 when the key names no unit. */
  readonly unitNs: number;
  /** Present when the key alone says what becomes of the value. */
  readonly rule: KeyRule | undefined;
  /** True when the key says that the value stays as it is. */
  readonly identifier: boolean;
  /** True when values of this key always need more than to be copied. */
  readonly special: boolean;
}

export interface AttributeKeysOptions {
  readonly paths: AttributePaths;
  readonly redactor: Redactor;
  readonly keyBytesMax: number;
  /** The field whose column an attribute of a key fills; of log records when absent. */
  readonly fieldOfSourceKey?: (key: string) => Field | undefined;
}

export class AttributeKeys {
  /** How often a key was longer than allowed. */
  cut = 0;
  /** Attributes of the request that were left out because it had brought too many new keys. */
  private dropped = 0;
  private newKeys = 0;
  private readonly options: AttributeKeysOptions;
  private readonly table: ByteTable = new ByteTable();
  private entries: KeyEntry[] = [];
  private readonly byName: Map<string, KeyEntry> = new Map();
  private generation: number;

  constructor(options: AttributeKeysOptions) {
    this.options = options;
    this.generation = options.paths.generation;
  }

  /** For the sender of the request; empty when it lost none. */
  get warning(): string {
    if (this.dropped === 0) return '';
    return `${this.dropped} attributes were left out: a request may bring ${NEW_KEYS_PER_REQUEST_MAX} new keys`;
  }

  /** Begins a request; paths may have been taken back since the last. */
  open(): void {
    this.dropped = 0;
    this.newKeys = 0;
    if (this.generation === this.options.paths.generation) return;
    this.forget();
  }

  /** A key of a record; undefined when it is one new key too many. */
  ofBytes(source: ByteSource, start: number, end: number): KeyEntry | undefined {
    // A key that is cut is not remembered: it may be as long as a request.
    if (end - start > this.options.keyBytesMax) {
      return this.ofRecordName(decodeUtf8(source.bytes, start, end));
    }
    if (this.newKeys >= NEW_KEYS_PER_REQUEST_MAX) return this.knownOfBytes(source, start, end);
    const number = this.table.intern(source, start, end);
    return this.entries[number] ?? this.addBytes(number, source, start, end);
  }

  /** As `ofBytes`, for a key that is a string. */
  ofRecordName(name: string): KeyEntry | undefined {
    const known = this.byName.get(name);
    if (known) return known;
    if (this.newKeys >= NEW_KEYS_PER_REQUEST_MAX) return this.drop();
    this.newKeys += 1;
    return this.ofName(name);
  }

  /** A key that Tendril itself gives. */
  ofName(name: string): KeyEntry {
    const known = this.byName.get(name);
    if (known) return known;
    const bytes = Buffer.from(name);
    if (this.byName.size >= KEYS_REMEMBERED_MAX) this.forget();
    const entry = this.entryOf(this.cutName(bytes, 0, bytes.length));
    if (bytes.length <= this.options.keyBytesMax) this.byName.set(name, entry);
    return entry;
  }

  private knownOfBytes(source: ByteSource, start: number, end: number): KeyEntry | undefined {
    return this.entries[this.table.numberOf(source, start, end)] ?? this.drop();
  }

  private drop(): undefined {
    this.dropped += 1;
  }

  private addBytes(number: number, source: ByteSource, start: number, end: number): KeyEntry {
    this.newKeys += 1;
    const entry = this.ofName(decodeUtf8(source.bytes, start, end));
    if (number >= KEYS_REMEMBERED_MAX) this.forget();
    else this.entries[number] = entry;
    return entry;
  }

  private cutName(bytes: Uint8Array, start: number, end: number): string {
    const { keyBytesMax } = this.options;
    if (end - start <= keyBytesMax) return decodeUtf8(bytes, start, end);
    this.cut += 1;
    return decodeUtf8(bytes, start, cutUtf8(bytes, start, keyBytesMax));
  }

  private entryOf(name: string): KeyEntry {
    const { fieldOfSourceKey = logFieldOfSourceKey } = this.options;
    const field = fieldOfSourceKey(name);
    const keyRule = this.options.redactor.keyRule(name);
    const rule = keyRule?.kind === 'identifier' ? undefined : keyRule;
    const domain = DOMAIN_OF_FIELD[field?.name ?? 'none'] ?? DOMAIN.none;
    return {
      name,
      key: this.options.paths.keyOf(name),
      domain,
      unitNs: domain === DOMAIN.duration ? durationUnitOfKey(name) : 0,
      rule,
      identifier: keyRule?.kind === 'identifier',
      special: rule !== undefined || SPECIAL_DOMAINS.has(domain),
    };
  }

  private forget(): void {
    this.generation = this.options.paths.generation;
    this.table.reset();
    this.entries = [];
    this.byName.clear();
  }
}
