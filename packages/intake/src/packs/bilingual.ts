/** What packs say to people, in both languages, and how they name things. */
import { z } from 'zod';

export interface Bilingual {
  readonly en: string;
  readonly zh: string;
}

const TEXT_LENGTH_MAX = 4_000;
const textSchema = z.string().trim().min(1).max(TEXT_LENGTH_MAX);

/** A user's own pack may have one language only; then both readers get it. */
export const bilingualSchema: z.ZodType<Bilingual> = z.union(
  [
    textSchema.transform((text) => ({ en: text, zh: text })),
    z.strictObject({ en: textSchema, zh: textSchema }),
  ],
  'a text, or {en: …, zh: …}',
);

/** `redis`, `openim.redis-batch-lost` */
export const idSchema: z.ZodType<string> = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/, 'an id is lower-case words joined by - or .');
