/** Secrets that a site makes once and keeps in its data directory, 64 hex digits in a file each. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Failure } from '@tendril/model/failure';

const SECRET_BYTES = 32;

/** Made when the file is not there and `mayMake` is set. Throws `Failure` `secret_file`. */
export function siteSecret(file: string, mayMake: boolean): Uint8Array {
  if (mayMake && !existsSync(file)) {
    const text = `${randomBytes(SECRET_BYTES).toString('hex')}\n`;
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  }
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    throw new Failure({
      code: 'secret_file',
      detail: `${file} must hold 64 hex digits; make it with "openssl rand -hex 32"`,
      params: { file },
    });
  }
  return Buffer.from(text, 'hex');
}
