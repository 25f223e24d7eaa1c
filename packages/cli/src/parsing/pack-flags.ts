/** Which packs a command works with, and the formats that they bring. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { FormatTable } from '@tendril/intake/format-table';
import { ownPacks } from '@tendril/intake/packs/pack-folder';
import type { Flags, Invocation } from '../command.ts';
import { badValue, textFlag } from '../flag-values.ts';
import type { LineOrigin } from '../shipping/line-origin.ts';

export const PACK_FLAGS: Flags = {
  packs: { type: 'string', value: 'DIR', summary: 'flag.packs' },
};

/** Of the user, as the server of this machine has them. */
export function packFolders({
  environment,
  flags,
}: Pick<Invocation, 'environment' | 'flags'>): readonly string[] {
  const dataPath = environment['TENDRIL_DATA_DIR'] ?? join(homedir(), '.tendril');
  return ownPacks(textFlag(flags, 'packs') ?? environment['TENDRIL_PACKS'], dataPath);
}

/** Throws a usage error that lists the formats. */
export function checkFormat({ format }: LineOrigin, formats: FormatTable): void {
  if (format === undefined || formats.only(format)) return;
  throw badValue('--format', format, formats.formats.map(({ name }) => name).join(', '));
}
