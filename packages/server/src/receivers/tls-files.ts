/** Certificate and key of a receiver, and the authority of its clients. */
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { Failure, messageOf } from '@tendril/model/failure';

export interface TlsPaths {
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  /** Present when clients must have a certificate of this authority. */
  readonly clientCaFile: string | undefined;
  /** The protocol is not spoken without. */
  readonly isNeeded: boolean;
}

export interface TlsFiles {
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly clientCa?: Buffer;
}

/** Undefined when no certificate is set. Throws `Failure` `tls_files`. */
export async function readTlsFiles(name: string, paths: TlsPaths): Promise<TlsFiles | undefined> {
  const { certificateFile, keyFile, clientCaFile, isNeeded } = paths;
  if (certificateFile === undefined && keyFile === undefined && !isNeeded) return undefined;
  try {
    if (certificateFile === undefined || keyFile === undefined) {
      throw new Error(`receivers.${name}.certificateFile and keyFile must be set`);
    }
    const certificate = await readFile(certificateFile);
    const key = await readFile(keyFile);
    // Says at the start what would otherwise be every client's riddle.
    createSecureContext({ cert: certificate, key });
    const clientCa = clientCaFile === undefined ? {} : { clientCa: await readFile(clientCaFile) };
    return { certificate, key, ...clientCa };
  } catch (cause) {
    throw new Failure({
      code: 'tls_files',
      detail: `cannot use the certificate and key of ${name}: ${messageOf(cause)}`,
      params: { name, reason: messageOf(cause) },
      cause,
    });
  }
}
