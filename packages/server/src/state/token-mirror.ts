/**
 * The tokens in a file of the data directory, so that senders are recognised while the engine is
 * away. Written whole and renamed into place; readable by its owner alone.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { SCOPES } from '@tendril/api/scope';
import { Failure, messageOf } from '@tendril/model/failure';
import type { StoredToken } from './stored-token.ts';

export interface TokenMirror {
  read(): Promise<readonly StoredToken[]>;
  write(tokens: Iterable<StoredToken>): Promise<void>;
}

// JSON has no undefined.
const timeMs = z
  .number()
  .nullable()
  .transform((value) => value ?? undefined);

const fileSchema = z.object({
  version: z.literal(1),
  tokens: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      scopes: z.array(z.enum(SCOPES)),
      hash: z.string(),
      createdAtMs: z.number(),
      expiresAtMs: timeMs,
      revokedAtMs: timeMs,
    }),
  ),
});

export function tokenMirror(file: string): TokenMirror {
  // One write at a time: two at once would rename each other's half-written file.
  let last: Promise<void> = Promise.resolve();
  return {
    read: async () => await readTokens(file),
    write: async (tokens) => {
      const text = printTokens(tokens);
      last = last.catch(() => undefined).then(async () => await replaceFile(file, text));
      await last;
    },
  };
}

async function readTokens(file: string): Promise<readonly StoredToken[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unreadable(file, error);
  }
  try {
    return fileSchema.parse(JSON.parse(text)).tokens;
  } catch (error) {
    throw unreadable(file, error);
  }
}

// Going on without the tokens could open a server that was closed.
function unreadable(file: string, cause: unknown): Failure {
  return new Failure({
    code: 'tokens_unreadable',
    detail: `cannot read the access tokens in ${file}: ${messageOf(cause)}`,
    params: { file, reason: messageOf(cause) },
    cause,
  });
}

function printTokens(tokens: Iterable<StoredToken>): string {
  const file = { version: 1, tokens: [...tokens] };
  return `${JSON.stringify(file, (key, value: unknown) => (key.endsWith('AtMs') ? (value ?? null) : value), 2)}\n`;
}

async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = join(dirname(file), `.${process.pid}.tokens`);
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
