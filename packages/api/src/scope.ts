/** What a token may do. `admin` may do everything; `read` and `ingest` do not include each other. */
import { z } from 'zod';

export const SCOPES = ['ingest', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export const scopeSchema: z.ZodType<Scope, Scope> = z.enum(SCOPES);
