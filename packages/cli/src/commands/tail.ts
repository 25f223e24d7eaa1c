/** `tendril tail`: records as they arrive. */
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { countFlag, isSet } from '../flag-values.ts';
import { printable, printableJson } from '../output/printable.ts';
import { RecordPrinter } from '../output/record-line.ts';

export const tail: Command = {
  name: 'tail',
  summary: 'tail.summary',
  usage: 'tail [QUERY] [--lines N]',
  examples: [
    { line: "tail 'level >= warn'", summary: 'tail.example.errors' },
    { line: 'tail service:openim-push --lines 3', summary: 'tail.example.lines' },
  ],
  flags: {
    lines: { type: 'string', short: 'n', value: 'N', summary: 'tail.flag.lines' },
    full: { type: 'boolean', summary: 'search.flag.full' },
  },

  async run({ api, positionals, flags, stdout, stderr, messages, signal }) {
    const linesMax = countFlag(flags, 'lines', { min: 1, max: 1_000_000_000 }) ?? Infinity;
    const printer = new RecordPrinter(stdout, { full: isSet(flags, 'full') });
    const say = async (text: string): Promise<void> => stderr.line(stderr.style('dim', text));
    let linesPrinted = 0;
    let isLost = false;
    for await (const event of api.tailLogs({ query: positionals.join(' ') }, signal)) {
      switch (event.kind) {
        case 'ready':
          if (isLost) await say(messages.text('say.tail.back'));
          isLost = false;
          break;
        case 'record':
          await stdout.line(
            isSet(flags, 'json') ? printableJson(event.record) : printer.print(event.record),
          );
          linesPrinted += 1;
          break;
        case 'skipped':
          await say(messages.text('say.tail.skipped', { count: event.count }));
          break;
        case 'lost':
          // Said once, however often the connection is tried.
          if (!isLost)
            await say(messages.text('say.tail.lost', { reason: printable(event.reason.message) }));
          isLost = true;
          break;
        default:
          return event satisfies never;
      }
      if (linesPrinted >= linesMax) return EXIT.ok;
    }
    if (signal.aborted) return EXIT.interrupted;
    return linesPrinted > 0 ? EXIT.ok : EXIT.nothingFound;
  },
};
