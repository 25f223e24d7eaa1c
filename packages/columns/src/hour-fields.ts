/** The fields that the records of one hour have. */
import type { AttributeValue, Attributes } from '@tendril/model/attribute';
import { TextScratch } from './byte-store.ts';
import { FieldCounts, type ValueText } from './field-counts.ts';
import { KIND, type Kind } from './json-path.ts';
import { kindOfValue } from './json-value.ts';
import { attributeText, type LogResource, type LogScope } from './log-resource.ts';

export type FieldSource = 'column' | 'attribute' | 'overflow' | 'resource' | 'scope';

/** Fields of an hour; a sender that makes up keys reaches this, and the rest is not listed. */
const FIELDS_MAX = 20_000;
/** By kind. */
const TYPES = [
  'string',
  'integer',
  'float',
  'boolean',
  'array',
  'array',
  'array',
  'array',
] as const;

const integerText: ValueText = (table, number) =>
  String(table.store.view.getBigInt64(table.startOf(number), true));
const booleanText: ValueText = (table, number) =>
  table.store.bytes[table.startOf(number)] === 1 ? 'true' : 'false';

export interface HourField {
  readonly source: FieldSource;
  readonly name: string;
  readonly type: string;
  readonly counts: FieldCounts;
}

export class HourFields {
  readonly fields: Map<string, HourField> = new Map();
  private readonly resources: Map<LogResource, number> = new Map();
  private readonly scopes: Map<LogScope, number> = new Map();
  private readonly scratch: TextScratch = new TextScratch();

  /** A column of the table; undefined when the hour has too many fields already. */
  column(name: string): FieldCounts | undefined {
    return this.field('column', name, 'string');
  }

  attribute(name: string, kind: Kind): FieldCounts | undefined {
    const type = TYPES[kind] ?? 'string';
    if (kind === KIND.int64) return this.field('attribute', name, type, integerText);
    if (kind === KIND.bool) return this.field('attribute', name, type, booleanText);
    return this.field('attribute', name, type);
  }

  overflow(name: string): FieldCounts | undefined {
    return this.field('overflow', name, 'string');
  }

  /** A resource seen for the first time is counted out at once, so that its fields are listed at once. */
  addResource(resource: LogResource, records: number): void {
    const counted = this.resources.get(resource);
    this.resources.set(resource, counted === undefined ? 0 : counted + records);
    if (counted === undefined) this.countResource(resource, records);
  }

  addScope(scope: LogScope, records: number): void {
    const counted = this.scopes.get(scope);
    this.scopes.set(scope, counted === undefined ? 0 : counted + records);
    if (counted === undefined) this.countScope(scope, records);
  }

  /** Counts out what was only counted by resource and scope. */
  settle(): void {
    for (const [resource, records] of this.resources) {
      if (records > 0) this.countResource(resource, records);
    }
    for (const [scope, records] of this.scopes) {
      if (records > 0) this.countScope(scope, records);
    }
    for (const resource of this.resources.keys()) this.resources.set(resource, 0);
    for (const scope of this.scopes.keys()) this.scopes.set(scope, 0);
  }

  private countResource(resource: LogResource, records: number): void {
    this.count(this.column('ServiceName'), resource.serviceName, records);
    this.count(this.column('Environment'), resource.environment, records);
    this.countAttributes('resource', resource.attributes, records);
  }

  private countScope({ name, attributes }: LogScope, records: number): void {
    this.count(this.column('ScopeName'), name, records);
    this.countAttributes('scope', attributes, records);
  }

  private countAttributes(source: FieldSource, attributes: Attributes, records: number): void {
    for (const [name, value] of Object.entries(attributes)) {
      this.count(this.field(source, name, typeOfValue(value)), attributeText(value), records);
    }
  }

  private count(field: FieldCounts | undefined, value: string, records: number): void {
    if (!field || value === '') return;
    field.addRecords(records);
    const length = this.scratch.encode(value);
    field.addValue(this.scratch.source, 0, length, records);
  }

  private field(
    source: FieldSource,
    name: string,
    type: string,
    text?: ValueText,
  ): FieldCounts | undefined {
    const key = `${source} ${type} ${name}`;
    const known = this.fields.get(key);
    if (known) return known.counts;
    if (this.fields.size >= FIELDS_MAX) return undefined;
    const counts = new FieldCounts(text);
    this.fields.set(key, { source, name, type, counts });
    return counts;
  }
}

function typeOfValue(value: AttributeValue): string {
  return TYPES[kindOfValue(value) ?? KIND.texts] ?? 'array';
}
