/** `tendril list`: what there is to read: pods, containers, units, files, or what a server has. */
import type { Command, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { isSet } from '../flag-values.ts';
import { printable, printableJson } from '../output/printable.ts';
import { tableLines } from '../output/table.ts';
import { choosePlace, openPlace } from '../sources/choose-place.ts';
import type { Listing } from '../sources/log-place.ts';
import { serverListing } from '../sources/server-listing.ts';
import { SOURCE_FLAGS } from '../sources/source-flags.ts';

export const list: Command = {
  name: 'list',
  summary: 'list.summary',
  usage: 'list [PATH…] [-n NAMESPACE | -A] [-p PATTERN] [-l LABELS] [--from PLACE]',
  examples: [
    { line: 'list -n openim', summary: 'list.example.namespace' },
    { line: 'list -A -p wasm', summary: 'list.example.pattern' },
    { line: 'list --from docker', summary: 'list.example.docker' },
  ],
  flags: SOURCE_FLAGS,

  async run(invocation) {
    const kind = choosePlace(invocation);
    if (kind === 'server') return await show(invocation, await serverListing(invocation));
    const place = await openPlace(invocation, kind);
    try {
      return await show(invocation, await place.list(invocation.signal));
    } finally {
      place.close();
    }
  },
};

async function show(
  { flags, messages, stdout }: Invocation,
  { columns, rows }: Listing,
): Promise<ExitCode> {
  if (isSet(flags, 'json')) {
    for (const row of rows) {
      const entries = columns.map(({ key }, index) => [key, row[index] ?? null] as const);
      await stdout.line(printableJson(Object.fromEntries(entries)));
    }
  } else if (rows.length > 0) {
    const titles = columns.map(({ align = 'left', title }) => ({
      title: messages.text(title),
      align,
    }));
    const cells = rows.map((row) => row.map((cell) => printable(String(cell))));
    for (const line of tableLines(titles, cells)) await stdout.line(line);
  }
  return rows.length > 0 ? EXIT.ok : EXIT.nothingFound;
}
