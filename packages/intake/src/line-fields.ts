/**
 * Fields of one line, in their order, nearly all of them parts of it: those are kept as places, and no string
 * is made of them, nor is a name looked up in a table, before somebody asks (`npm run bench -- lines`, OpenIM).
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { ParsedFields } from './format.ts';
import { keptText } from './patterns/kept-text.ts';

/** A name, with where the newest line has it. */
export interface FieldName {
  readonly name: string;
  /** The number of that line. */
  line: number;
  /** Of the field among the line's. */
  index: number;
}

/** Sources have some hundreds of names; hostile ones make up new ones all the time. */
const NAMES_MAX = 4096;
const NAME_LENGTH_MAX = 128;
const names = new Map<string, FieldName>();

/** The same object for the same name, mostly. */
export function fieldName(name: string): FieldName {
  const known = names.get(name);
  if (known) return known;
  // A copy: a part of the line would keep all of it in memory.
  const made = { name: keptText(name), line: 0, index: 0 };
  if (name.length > NAME_LENGTH_MAX) return made;
  if (names.size >= NAMES_MAX) names.clear();
  names.set(made.name, made);
  return made;
}

let newestNumber = 0;
/** Numbers begin anew before they are no small integers any more. */
const NUMBER_MAX = 2 ** 30;

export class LineFields implements ParsedFields {
  readonly line: string;
  /** Where the first part begins; the line's length when there is none. */
  partsFrom: number;
  private readonly number: number;
  private readonly names: FieldName[] = [];
  /** Undefined for parts. */
  private readonly values: (AttributeValue | undefined)[] = [];
  /** Start and end of each part. */
  private readonly places: number[] = [];

  constructor(line: string) {
    this.line = line;
    this.partsFrom = line.length;
    newestNumber = (newestNumber % NUMBER_MAX) + 1;
    this.number = newestNumber;
  }

  get size(): number {
    return this.names.length;
  }

  /** Of several values of one name the first stays. */
  add(field: FieldName, value: AttributeValue): void {
    if (this.claim(field)) this.push(value, 0, 0);
  }

  /** As `add`, for a text that stands in the line. */
  addPart(field: FieldName, start: number, end: number): void {
    if (!this.claim(field)) return;
    if (start < this.partsFrom) this.partsFrom = start;
    this.push(undefined, start, end);
  }

  /** In place of what the name had. */
  set(name: string, value: AttributeValue): void {
    const index = this.indexOf(name);
    if (index < 0) this.add(fieldName(name), value);
    else this.values[index] = value;
  }

  get(name: string): AttributeValue | undefined {
    const index = this.indexOf(name);
    return index < 0 ? undefined : this.valueAt(index);
  }

  has(name: string): boolean {
    return this.indexOf(name) >= 0;
  }

  *[Symbol.iterator](): Generator<readonly [string, AttributeValue]> {
    for (const [index, { name }] of this.names.entries()) yield [name, this.valueAt(index)];
  }

  keys(): Iterable<string> {
    return this.names.map(({ name }) => name);
  }

  nameAt(index: number): string {
    return this.names[index]?.name ?? '';
  }

  valueAt(index: number): AttributeValue {
    return this.values[index] ?? this.line.slice(this.startAt(index), this.endAt(index));
  }

  isPart(index: number): boolean {
    return this.values[index] === undefined;
  }

  startAt(index: number): number {
    return this.places[index * 2] ?? 0;
  }

  endAt(index: number): number {
    return this.places[index * 2 + 1] ?? 0;
  }

  // False when the line has the name already.
  private claim(field: FieldName): boolean {
    if (field.line === this.number) return false;
    field.line = this.number;
    field.index = this.names.length;
    this.names.push(field);
    return true;
  }

  private push(value: AttributeValue | undefined, start: number, end: number): void {
    this.values.push(value);
    this.places.push(start, end);
  }

  private indexOf(name: string): number {
    const field = names.get(name);
    if (field?.line === this.number) return field.index;
    // What the newest line does not have is known by its number; those before are asked about seldom.
    const isNewest = this.number === newestNumber && field !== undefined;
    return isNewest ? -1 : this.names.findIndex((known) => known.name === name);
  }
}
