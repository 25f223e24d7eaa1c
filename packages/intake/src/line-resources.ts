/**
 * The resource of a line's record: what the line itself says goes before what its source is said to be,
 * and that before what transports say and what only the format suggests.
 */
import type { LogResource } from '@tendril/columns/log-resource';
import { emptyAttributes, type Attributes, type AttributeValue } from '@tendril/model/attribute';
import type { ParsedFields } from './format.ts';
import type { LogContext } from './log-context.ts';
import { containerPath } from './transport/container-path.ts';
import type { Wrapping } from './record-assembler.ts';

const SERVICE_KEY = 'service.name';
const PATH_KEY = 'log.file.path';

export class LineResources {
  private readonly context: LogContext;
  private readonly source: Attributes;
  private readonly pathService: string;
  private readonly plain: LogResource;
  // Of the record before: most have the same.
  private lastFields: readonly ParsedFields[] = [];
  private lastHint = '';
  private last: LogResource;
  // Formats give records that say the same of themselves the same map: one file holds many services.
  private readonly ofOwn: WeakMap<ParsedFields, LogResource> = new WeakMap();

  /** `isWhole`: the path says nothing that the source does not say already. */
  constructor(context: LogContext, source: Attributes, isWhole = false) {
    this.context = context;
    const path = isWhole ? undefined : containerPath(String(source[PATH_KEY] ?? ''));
    this.pathService = path?.service ?? '';
    this.source = path ? merged([path.fields, Object.entries(source)]) : source;
    this.plain = context.resource(this.source, '');
    this.last = this.plain;
  }

  of(own: ParsedFields | undefined, wrapping: Wrapping, formatHint: string): LogResource {
    const hint = this.hint(own, wrapping, formatHint);
    const hasFields = own !== undefined || wrapping.resources.length > 0;
    if (!hasFields && hint === '') return this.plain;
    if (own && hint === '' && wrapping.resources.length === 0)
      return this.ofOwnFields(own, wrapping);
    const fields = own ? [...wrapping.resources, own] : wrapping.resources;
    if (hint === this.lastHint && areSame(fields, this.lastFields)) return this.last;
    this.lastFields = fields;
    this.lastHint = hint;
    this.last = this.find(own, wrapping, hint);
    return this.last;
  }

  private ofOwnFields(own: ParsedFields, wrapping: Wrapping): LogResource {
    const known = this.ofOwn.get(own);
    if (known) return known;
    const found = this.find(own, wrapping, '');
    this.ofOwn.set(own, found);
    return found;
  }

  private hint(own: ParsedFields | undefined, wrapping: Wrapping, formatHint: string): string {
    if (this.plain.serviceName !== '' || own?.has(SERVICE_KEY) === true) return '';
    if (wrapping.resources.some((fields) => fields.has(SERVICE_KEY))) return '';
    return wrapping.service || this.pathService || formatHint;
  }

  private find(own: ParsedFields | undefined, wrapping: Wrapping, hint: string): LogResource {
    const parts = [...wrapping.resources.map((fields) => [...fields]), own ? [...own] : [], [hint]];
    const key = `${this.plain.id}\n${JSON.stringify(parts, bigintAsText)}`;
    return this.context.resourceOfBytes(key, () => {
      const service: [string, string][] = hint === '' ? [] : [[SERVICE_KEY, hint]];
      // The file that was read is less than the file that a wrapper in it names.
      const isNamed = wrapping.resources.some((fields) => fields.has(PATH_KEY));
      const source = Object.entries(this.source).filter(([name]) => !isNamed || name !== PATH_KEY);
      return this.context.resource(merged([service, ...wrapping.resources, source, own ?? []]), '');
    });
  }
}

/** Later ones go before earlier ones. */
function merged(parts: readonly Iterable<readonly [string, AttributeValue]>[]): Attributes {
  const attributes = emptyAttributes();
  for (const part of parts) {
    for (const [name, value] of part) attributes[name] = value;
  }
  return attributes;
}

function areSame(some: readonly ParsedFields[], others: readonly ParsedFields[]): boolean {
  return (
    some.length === others.length &&
    some.every((fields, index) => isSame(fields, others[index] ?? fields))
  );
}

function isSame(some: ParsedFields, others: ParsedFields): boolean {
  if (some === others) return true;
  if (some.size !== others.size) return false;
  for (const [name, value] of some) if (others.get(name) !== value) return false;
  return true;
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
