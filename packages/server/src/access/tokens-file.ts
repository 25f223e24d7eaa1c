/**
 * The file of `access.tokensFile`: one token per line as `SCOPES SECRET [NAME]`, scopes separated by
 * commas. Empty lines and lines that begin with `#` are skipped. For the first token of a server, and
 * for secrets that a deployment tool writes.
 */
import { readFile } from 'node:fs/promises';
import { SCOPES, type Scope } from '@tendril/api/scope';
import { Failure, messageOf } from '@tendril/model/failure';
import type { StoredToken } from '../state/stored-token.ts';
import { hashSecret } from './token-secret.ts';

/** Shorter secrets can be guessed; `openssl rand -hex 32` gives 64. */
export const SECRET_LENGTH_MIN = 32;
const ID_DIGITS = 12;

export async function readTokensFile(file: string): Promise<readonly StoredToken[]> {
  try {
    return parseTokensFile(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Failure({
      code: 'tokens_file',
      detail: `cannot read the tokens of ${file}: ${messageOf(cause)}`,
      params: { file, reason: messageOf(cause) },
      cause,
    });
  }
}

/** Throws an error that names the line, and never what stands in it. */
export function parseTokensFile(text: string): readonly StoredToken[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const trimmed = line.trim();
    return trimmed === '' || trimmed.startsWith('#') ? [] : [parseLine(trimmed, index + 1)];
  });
}

function parseLine(line: string, lineNumber: number): StoredToken {
  const [scopes = '', secret = '', ...name] = line.split(/\s+/);
  const names = scopes.split(',');
  if (!names.every(isScope))
    throw new Error(`line ${lineNumber}: the scopes must be of ${SCOPES.join(', ')}`);
  if (secret.length < SECRET_LENGTH_MIN)
    throw new Error(`line ${lineNumber}: the secret has less than ${SECRET_LENGTH_MIN} characters`);
  const hash = hashSecret(secret);
  const id = `file-${hash.slice(0, ID_DIGITS)}`;
  return {
    id,
    name: name.length === 0 ? id : name.join(' '),
    scopes: names,
    hash,
    createdAtMs: 0,
    expiresAtMs: undefined,
    revokedAtMs: undefined,
  };
}

function isScope(name: string): name is Scope {
  return SCOPES.some((scope) => scope === name);
}
