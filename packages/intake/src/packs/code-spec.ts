/** A table of codes as a pack writes it, in `codes.yaml`: error codes of an API, exit codes, close codes. */
import { z } from 'zod';
import { bilingualSchema, idSchema, type Bilingual } from './bilingual.ts';

/** `ok`: no error at all. `refusal`: a rule said no. `fault`: something is broken. */
export const CODE_KINDS = ['ok', 'refusal', 'fault'] as const;
export type CodeKind = (typeof CODE_KINDS)[number];

export interface CodeSpec {
  readonly code: string;
  readonly name: string;
  readonly kind: CodeKind;
  readonly meaning: Bilingual;
  readonly hint?: Bilingual;
  /** Of close codes: whether a client should connect again. */
  readonly reconnect?: boolean;
}

export interface CodeTable {
  readonly id: string;
  readonly title: Bilingual;
  /** Attributes that hold such codes. The same number means other things in other tables. */
  readonly keys: readonly string[];
  /** Beginnings of names of the services that use them; none for everybody. */
  readonly services: readonly string[];
  readonly codes: readonly CodeSpec[];
}

const codeSchema: z.ZodType<CodeSpec> = z.strictObject({
  code: z.union([z.number().int(), z.string().min(1).max(64)]).transform(String),
  name: z.string().min(1).max(128),
  kind: z.enum(CODE_KINDS),
  meaning: bilingualSchema,
  hint: bilingualSchema.exactOptional(),
  reconnect: z.boolean().exactOptional(),
});

export const codeTableSchema: z.ZodType<CodeTable> = z.strictObject({
  id: idSchema,
  title: bilingualSchema,
  keys: z.array(z.string().min(1).max(256)).min(1).max(32),
  services: z.array(z.string().min(1).max(128)).max(64).default([]),
  codes: z.array(codeSchema).min(1).max(2_000),
});
