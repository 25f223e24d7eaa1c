/** An authority, a server and a client of it, made by openssl for one test. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPeer } from './debian-peer.ts';

/** Writes `ca.pem`, `server.pem`, `server.key`, `client.pem` and `client.key`. */
export async function makeCertificates(directory: string): Promise<void> {
  const file = (name: string): string => join(directory, name);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const openssl = async (...parameters: string[]): Promise<string> =>
    runPeer('/usr/bin/openssl', parameters);
  await openssl(
    'req',
    '-x509',
    ...curve,
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
  );
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  for (const name of ['server', 'client']) {
    await openssl(
      'req',
      ...curve,
      '-subj',
      `/CN=${name}`,
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.csr`),
    );
    await openssl(
      'x509',
      '-req',
      '-days',
      '2',
      '-in',
      file(`${name}.csr`),
      '-out',
      file(`${name}.pem`),
      '-CA',
      file('ca.pem'),
      '-CAkey',
      file('ca.key'),
      '-extfile',
      file('names'),
    );
  }
}
