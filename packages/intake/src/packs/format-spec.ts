/** A line format as a pack writes it, in `formats.yaml`. */
import { SEVERITIES, type Severity } from '@tendril/model/severity';
import { z } from 'zod';
import { bilingualSchema, idSchema, type Bilingual } from './bilingual.ts';

/** Of which capture an attribute comes, or what it always is. */
export type FieldSource =
  | string
  | { readonly capture: string; readonly as: 'number' }
  | { readonly value: string | number | boolean };

export interface GateSpec {
  /** Characters a line can begin with; `0-9` and `A-Z` are ranges. */
  readonly first?: string;
  readonly contains?: readonly string[];
  readonly containsAny?: readonly string[];
}

/** Expressions over the message of a line that was recognised; what they capture is added. */
export interface ExtractSpec {
  /** Text without which the expression is not even tried. */
  readonly contains?: string;
  readonly pattern: string;
  readonly attributes?: Readonly<Record<string, FieldSource>>;
  /** Severity of lines that match, when the line says none. */
  readonly severity?: Severity;
}

/** A line and all that comes of it. Times without a zone are UTC, those without a year of 2026. */
export interface FormatExample {
  readonly line: string;
  readonly time?: string;
  readonly severity?: Severity;
  readonly severityText?: string;
  readonly body?: string;
  readonly logger?: string;
  readonly event?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly resource?: Readonly<Record<string, unknown>>;
}

export interface JsonSpec {
  /** Top-level names that every object of this kind has; they are told apart from others by them. */
  readonly keys: readonly string[];
  /** Under which name a field is stored, by its dotted name in the object. */
  readonly names?: Readonly<Record<string, string>>;
}

interface FormatSpecBase {
  readonly id: string;
  readonly title: Bilingual;
  readonly specificity: 'specific' | 'generic';
  /** `service.name` of lines for which nothing else names one. */
  readonly service?: string;
  readonly extract?: readonly ExtractSpec[];
  /** True when the message is what another program printed: it is asked about again. */
  readonly envelope?: boolean;
  readonly examples: readonly FormatExample[];
}

export interface LineFormatSpec extends FormatSpecBase {
  readonly kind: 'line';
  readonly gate?: GateSpec;
  readonly line: string;
  /** Of words and marks that are no known names of severities, or mean something else here. */
  readonly severity?: Readonly<Record<string, Severity>>;
  readonly attributes?: Readonly<Record<string, FieldSource>>;
  readonly resource?: Readonly<Record<string, FieldSource>>;
  /** Under which name a field of the captures `json` and `pairs` is stored. */
  readonly names?: Readonly<Record<string, string>>;
  /** Layout of the capture `time`, when it is none that is known anyway. */
  readonly time?: string;
}

export interface JsonFormatSpec extends FormatSpecBase {
  readonly kind: 'json';
  readonly json: JsonSpec;
}

/** Takes a format of an earlier pack away. */
export interface FormatOff {
  readonly kind: 'off';
  readonly id: string;
}

export type FormatSpec = LineFormatSpec | JsonFormatSpec;

const NAMES_MAX = 64;
const EXAMPLES_MAX = 100;
const LINE_LENGTH_MAX = 16_384;

const severitySchema = z.enum(SEVERITIES);
const shortText = z.string().min(1).max(256);
const expressionSchema = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(64)])
  .transform((given) => (typeof given === 'string' ? given : given.join('')));

const fieldSourceSchema = z.union([
  shortText,
  z.strictObject({ capture: shortText, as: z.literal('number') }),
  z.strictObject({ value: z.union([z.string().max(1024), z.number(), z.boolean()]) }),
]);
const fieldsSchema = z
  .record(shortText, fieldSourceSchema)
  .refine((fields) => Object.keys(fields).length <= NAMES_MAX, `at most ${NAMES_MAX} names`);

const namesSchema = z.record(shortText, shortText);

const gateSchema = z.strictObject({
  first: z.string().min(1).max(128).exactOptional(),
  contains: z.array(shortText).min(1).max(8).exactOptional(),
  containsAny: z.array(shortText).min(1).max(32).exactOptional(),
});

const exampleSchema = z.strictObject({
  line: z.string().min(1).max(LINE_LENGTH_MAX),
  time: shortText.exactOptional(),
  severity: severitySchema.exactOptional(),
  severityText: shortText.exactOptional(),
  body: z.string().exactOptional(),
  logger: z.string().exactOptional(),
  event: z.string().exactOptional(),
  attributes: z.record(z.string(), z.unknown()).exactOptional(),
  resource: z.record(z.string(), z.unknown()).exactOptional(),
});

const base = {
  id: idSchema,
  title: bilingualSchema,
  specificity: z.enum(['specific', 'generic']).default('specific'),
  service: shortText.exactOptional(),
  envelope: z.boolean().exactOptional(),
  extract: z
    .array(
      z.strictObject({
        contains: shortText.exactOptional(),
        pattern: expressionSchema,
        attributes: fieldsSchema.exactOptional(),
        severity: severitySchema.exactOptional(),
      }),
    )
    .max(32)
    .exactOptional(),
  examples: z.array(exampleSchema).min(1).max(EXAMPLES_MAX),
};

const lineSchema = z
  .strictObject({
    ...base,
    gate: gateSchema.exactOptional(),
    line: expressionSchema,
    severity: z.record(z.string(), severitySchema).exactOptional(),
    attributes: fieldsSchema.exactOptional(),
    resource: fieldsSchema.exactOptional(),
    names: namesSchema.exactOptional(),
    time: shortText.exactOptional(),
  })
  .transform((spec): LineFormatSpec => ({ kind: 'line', ...spec }));

const jsonSchema = z
  .strictObject({
    ...base,
    json: z.strictObject({
      keys: z.array(shortText).min(1).max(16),
      names: namesSchema.exactOptional(),
    }),
  })
  .transform((spec): JsonFormatSpec => ({ kind: 'json', ...spec }));

const offSchema = z
  .strictObject({ id: idSchema, off: z.literal(true) })
  .transform(({ id }): FormatOff => ({ kind: 'off', id }));

/** One entry of `formats.yaml`; which of the three it is, is said by the key that only it has. */
export function formatSchemaOf(entry: unknown): z.ZodType<FormatSpec | FormatOff> {
  if (typeof entry === 'object' && entry !== null) {
    if ('off' in entry) return offSchema;
    if ('json' in entry) return jsonSchema;
  }
  return lineSchema;
}
