/** `tendril chain`: the way an operation went, where it first went wrong, and who did it. */
import type { Command, Invocation } from '../command.ts';
import { ChainPrinter } from '../chains/chain-printer.ts';
import { openChains, type ChainSource } from '../chains/chain-source.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badUsage, countFlag, isSet, textFlag } from '../flag-values.ts';
import { printableJson } from '../output/printable.ts';
import { PACK_FLAGS } from '../parsing/pack-flags.ts';
import { ORIGIN_FLAGS } from '../shipping/line-origin.ts';
import { SINCE_FLAGS, SOURCE_FLAGS } from '../sources/source-flags.ts';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 500;

export const chain: Command = {
  name: 'chain',
  summary: 'chain.summary',
  usage: 'chain ID [PATH…] | chain --query QUERY [PATH…] [--each]',
  examples: [
    { line: 'chain op1704955171708', summary: 'chain.example.plain' },
    { line: 'chain op1704955171708 --changes', summary: 'chain.example.changes' },
    { line: 'chain --query \'"index out of range"\' --each', summary: 'chain.example.each' },
    { line: 'chain e8a1e76f-f364-4304-a07c-47fa8a506f41 logs/', summary: 'chain.example.files' },
    { line: 'chain -q "level >= error" -n openim --since 1h', summary: 'chain.example.pods' },
  ],
  flags: {
    query: { type: 'string', short: 'q', value: 'QUERY', summary: 'chain.flag.query' },
    each: { type: 'boolean', summary: 'chain.flag.each' },
    changes: { type: 'boolean', summary: 'chain.flag.changes' },
    records: { type: 'boolean', summary: 'chain.flag.records' },
    limit: {
      type: 'string',
      value: 'N',
      summary: 'chain.flag.limit',
      default: String(LIMIT_DEFAULT),
    },
    ...SOURCE_FLAGS,
    ...SINCE_FLAGS,
    ...PACK_FLAGS,
    ...ORIGIN_FLAGS,
  },

  async run(invocation) {
    const query = textFlag(invocation.flags, 'query');
    const { positionals } = invocation;
    if (query !== undefined) {
      const source = await openChains(invocation, positionals, undefined);
      return await printList(invocation, source, query);
    }
    const [id, ...paths] = positionals;
    if (id === undefined) {
      throw badUsage(invocation.messages.text('say.usage.missing', { what: 'ID, --query' }));
    }
    const source = await openChains(invocation, paths, id);
    return await printOne(invocation, source, id);
  },
};

/** One chain as its flags say. */
export async function printOne(
  invocation: Invocation,
  source: ChainSource,
  id: string,
  options: { readonly withRecords?: boolean } = {},
): Promise<ExitCode> {
  const { flags, messages, stderr, stdout } = invocation;
  const found = await source.chain(id);
  if (!found) {
    await stderr.line(messages.text('say.nothingFound'));
    return EXIT.nothingFound;
  }
  const printer = new ChainPrinter(stdout, messages);
  if (isSet(flags, 'json')) await stdout.line(printableJson(found));
  else if (isSet(flags, 'changes')) await printer.changes(found);
  else {
    await printer.print(found);
    if (options.withRecords === true || isSet(flags, 'records')) await printer.records(found);
  }
  if (isSet(flags, 'changes') && found.changes.length === 0) {
    await stderr.line(messages.text('say.change.none'));
    return EXIT.nothingFound;
  }
  return source.isPartial || found.partial ? EXIT.partial : EXIT.ok;
}

/** Distinct operations that have a record of the query; with `--each` the chain of each. */
async function printList(
  invocation: Invocation,
  source: ChainSource,
  query: string,
): Promise<ExitCode> {
  const { flags, messages, signal, stderr, stdout } = invocation;
  const limit = countFlag(flags, 'limit', { min: 1, max: LIMIT_MAX }) ?? LIMIT_DEFAULT;
  const { chains, total } = await source.list(query, limit);
  const printer = new ChainPrinter(stdout, messages);
  for (const [index, summary] of chains.entries()) {
    if (signal.aborted) return EXIT.interrupted;
    if (isSet(flags, 'each')) {
      if (index > 0 && !isSet(flags, 'json')) await stdout.line();
      await printOne(invocation, source, summary.id);
    } else if (isSet(flags, 'json')) await stdout.line(printableJson(summary));
    else await printer.summary(summary);
  }
  if (chains.length === 0) {
    await stderr.line(messages.text('say.nothingFound'));
    return EXIT.nothingFound;
  }
  await stderr.line(messages.text('say.chains.found', { shown: chains.length, total }));
  return source.isPartial ? EXIT.partial : EXIT.ok;
}
