/** A known error as a pack writes it, in `errors.yaml`: how to tell it, what it means, what to do. */
import { z } from 'zod';
import { bilingualSchema, idSchema, type Bilingual } from './bilingual.ts';

/** How bad it is when it happens. `noise`: a flaw of the logging, to be left out of counts of errors. */
export const ERROR_LEVELS = ['noise', 'info', 'warn', 'error', 'critical'] as const;
export type ErrorLevel = (typeof ERROR_LEVELS)[number];

/** Something is broken; or something did what it should and said no. */
export const ERROR_KINDS = ['fault', 'refusal'] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** One way to tell the error. All that is given has to hold. */
export interface ErrorMatch {
  /** All stand in the message or in what the record says of an error, the rarest first. ASCII letters in any case. */
  readonly text?: readonly string[];
  /** Looked for in records that have the texts. */
  readonly pattern?: string;
  /** Attributes with exactly these values, as text. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** One thing to do. */
export interface RunbookStep {
  readonly do: Bilingual;
  /** A command line to run. */
  readonly run?: string;
  /** What the step can break, or why a usual command is wrong. */
  readonly caution?: Bilingual;
}

export interface ErrorSpec {
  readonly id: string;
  readonly title: Bilingual;
  readonly level: ErrorLevel;
  readonly kind: ErrorKind;
  /** True when it only says that something went wrong: any other error that is found says more. */
  readonly general: boolean;
  readonly match: readonly ErrorMatch[];
  readonly cause: Bilingual;
  readonly action: Bilingual;
  readonly runbook: readonly RunbookStep[];
  readonly links: readonly string[];
  /** Texts that it must be found in. */
  readonly examples: readonly string[];
  /** Texts that look alike and that it must not be found in. */
  readonly others: readonly string[];
}

/** Takes an error of an earlier pack away. */
export interface ErrorOff {
  readonly id: string;
  readonly off: true;
}

const shortText = z.string().min(1).max(256);
/** Shorter texts stand in everything. */
const TEXT_LENGTH_MIN = 4;
const TEXTS_MAX = 8;
const textsSchema = z
  .union([z.string(), z.array(shortText).min(1).max(TEXTS_MAX)])
  .transform((given) => (typeof given === 'string' ? [given] : given))
  .refine(
    ([first = '']) => first.length >= TEXT_LENGTH_MIN && first.length <= 256,
    `the first text needs ${TEXT_LENGTH_MIN} to 256 characters`,
  );

const matchSchema = z
  .strictObject({
    text: textsSchema.exactOptional(),
    pattern: z.string().min(1).exactOptional(),
    fields: z
      .record(shortText, z.union([z.string(), z.number()]).transform(String))
      .exactOptional(),
  })
  .refine(
    ({ text, fields }) => text !== undefined || fields !== undefined,
    'needs a text that stands in every such record (a pattern alone would be tried on all), or fields',
  );

const stepSchema = z.strictObject({
  do: bilingualSchema,
  run: z.string().min(1).max(2_000).exactOptional(),
  caution: bilingualSchema.exactOptional(),
});

const errorSchema: z.ZodType<ErrorSpec> = z.strictObject({
  id: idSchema,
  title: bilingualSchema,
  level: z.enum(ERROR_LEVELS),
  kind: z.enum(ERROR_KINDS).default('fault'),
  general: z.boolean().default(false),
  match: z.array(matchSchema).min(1).max(32),
  cause: bilingualSchema,
  action: bilingualSchema,
  runbook: z.array(stepSchema).max(32).default([]),
  links: z
    .array(z.url({ protocol: /^https?$/ }))
    .max(16)
    .default([]),
  examples: z.array(z.string().min(1)).max(50).default([]),
  others: z.array(z.string().min(1)).max(50).default([]),
});

const offSchema: z.ZodType<ErrorOff> = z.strictObject({ id: idSchema, off: z.literal(true) });

/** One entry of `errors.yaml`. */
export function errorSchemaOf(entry: unknown): z.ZodType<ErrorSpec | ErrorOff> {
  return typeof entry === 'object' && entry !== null && 'off' in entry ? offSchema : errorSchema;
}
