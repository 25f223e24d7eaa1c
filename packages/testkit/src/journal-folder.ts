/** A journal of systemd's own format, written by systemd itself from entries that a test gives. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const JOURNAL_REMOTE = '/lib/systemd/systemd-journal-remote';

export type JournalEntry = Readonly<Record<string, string>>;

/** The serialisation of systemd's "Journal Export Formats". Times count up by a millisecond. */
function exported(entries: readonly JournalEntry[], firstMs: number): string {
  return entries
    .map((entry, index) => {
      const us = (firstMs + index) * 1000;
      const fields = {
        __REALTIME_TIMESTAMP: String(us),
        __MONOTONIC_TIMESTAMP: String(us - 1_780_000_000_000_000),
        _BOOT_ID: '6c7c6013a26343b29e964691ff25d04c',
        _MACHINE_ID: 'b5b8b4a4c1a84d0e8d1d6e2c3f4a5b6c',
        _HOSTNAME: 'node-1',
        ...entry,
      };
      const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}\n`);
      return `${lines.join('')}\n`;
    })
    .join('');
}

/** Adds entries to the journal in a folder, which is made when it is not there. */
export async function writeJournal(
  folder: string,
  entries: readonly JournalEntry[],
  firstMs: number,
): Promise<void> {
  const output = join(folder, 'system.journal');
  const child = spawn(JOURNAL_REMOTE, ['--output', output, '--split-mode=none', '-'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(exported(entries, firstMs));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`systemd-journal-remote ended with ${code}`);
}
