/**
 * `tendril pipe`: standard input to standard output, byte for byte, and its lines to the server beside
 * it. The pipe works the same when the server is away, slow or wrong.
 */
import { LineSplitter } from '@tendril/intake/sources/line-splitter';
import { Utf8Transcoder } from '@tendril/intake/text-encoding';
import { byteSize } from '@tendril/config/value-type';
import { messageOf, type Failure } from '@tendril/model/failure';
import type { Command, FlagValues, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { badUsage, badValue, countFlag, isSet, textFlag } from '../flag-values.ts';
import { printable, printableJson } from '../output/printable.ts';
import { bytesText } from '../output/quantity.ts';
import { lineOrigin, ORIGIN_FLAGS } from '../shipping/line-origin.ts';
import { PipeShipper, type Dropped } from '../shipping/pipe-shipper.ts';

/** After the input's end, for what the server has not taken yet. */
const DRAIN_S_DEFAULT = 5;
const BUFFER = byteSize({ min: 64 * 1024, max: 16 * 1024 ** 3 });

export const pipe: Command = {
  name: 'pipe',
  summary: 'pipe.summary',
  usage:
    'pipe [--service NAME] [--env NAME] [--resource KEY=VALUE] [--format NAME] [--buffer SIZE] [--drain SECONDS]',
  examples: [{ line: 'pipe --service api < <(your-server 2>&1)', summary: 'pipe.example.plain' }],
  flags: {
    ...ORIGIN_FLAGS,
    buffer: { type: 'string', value: 'SIZE', summary: 'pipe.flag.buffer', default: '64MiB' },
    drain: {
      type: 'string',
      value: 'SECONDS',
      summary: 'pipe.flag.drain',
      default: String(DRAIN_S_DEFAULT),
    },
  },

  async run(invocation) {
    const { flags, positionals, api, stdin, stdout, stderr, messages, nowMs } = invocation;
    const [argument] = positionals;
    if (argument !== undefined) {
      throw badUsage(messages.text('say.usage.tooMany', { argument: printable(argument) }));
    }
    const bufferBytes = bufferOf(flags);
    const drainSeconds = countFlag(flags, 'drain', { min: 0, max: 3600 }) ?? DRAIN_S_DEFAULT;
    const shipper = new PipeShipper({
      api,
      origin: lineOrigin(flags),
      bufferLengthMax: bufferBytes,
      nowMs,
      onAway: (reason) => {
        const values = { reason: sentenceOf(reason, invocation), size: bytesText(bufferBytes) };
        void stderr.line(messages.text('say.pipe.away', values));
      },
    });
    await passThrough(stdin, stdout, shipper);
    const dropped = await shipper.close(drainSeconds * 1000);
    await report(dropped, shipper, invocation);
    return EXIT.ok;
  },
};

async function passThrough(
  stdin: Invocation['stdin'],
  stdout: Invocation['stdout'],
  shipper: PipeShipper,
): Promise<void> {
  const splitter = new LineSplitter();
  const transcoder = new Utf8Transcoder();
  const ship = (bytes: Buffer): void => {
    for (const line of splitter.push(bytes).lines) shipper.push(line);
  };
  for await (const chunk of stdin) {
    // First what the pipe is for.
    await stdout.write(chunk);
    ship(transcoder.push(chunk));
  }
  ship(transcoder.finish());
  for (const line of splitter.finish().lines) shipper.push(line);
}

function bufferOf(flags: FlagValues): number {
  const text = textFlag(flags, 'buffer') ?? '';
  const bytes = BUFFER.parse(text);
  if (bytes === undefined) throw badValue('--buffer', text, BUFFER.expects);
  return bytes;
}

async function report(
  { lines, reason }: Dropped,
  { storedRecords }: PipeShipper,
  invocation: Invocation,
): Promise<void> {
  const { flags, stderr, messages } = invocation;
  // Standard output is the pipe's: the numbers go to the other stream, in JSON too.
  if (isSet(flags, 'json'))
    await stderr.line(printableJson({ storedRecords, droppedLines: lines }));
  if (lines === 0 || isSet(flags, 'json')) return;
  const why = reason ? sentenceOf(reason, invocation) : messages.text('say.pipe.full');
  await stderr.line(messages.text('say.pipe.dropped', { lines, reason: why }));
}

function sentenceOf(failure: Failure, { messages }: Invocation): string {
  const { code, params } = failure;
  return printable(messages.failure({ code, params, detail: messageOf(failure) }));
}
