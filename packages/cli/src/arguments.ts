/** The command line as a command's flags and positionals; mistakes come back as what was probably meant. */
import { parseArgs } from 'node:util';
import { distance } from 'fastest-levenshtein';
import type { Messages } from '@tendril/messages/messages';
import type { Flags, FlagValues } from './command.ts';
import { badUsage } from './flag-values.ts';

/** Taken by every command. */
export const EVERY_COMMAND: Flags = {
  json: { type: 'boolean', summary: 'flag.json' },
  url: { type: 'string', value: 'URL', summary: 'flag.url' },
  lang: { type: 'string', value: 'LANG', summary: 'flag.lang' },
  'no-color': { type: 'boolean', summary: 'flag.noColor' },
  help: { type: 'boolean', short: 'h', summary: 'flag.help' },
};

export interface Parsed {
  readonly flags: FlagValues;
  readonly positionals: readonly string[];
}

export function parseArguments(args: readonly string[], flags: Flags, messages: Messages): Parsed {
  const known = { ...flags, ...EVERY_COMMAND };
  const { values, positionals, tokens } = parsed(args, known);
  for (const token of tokens) {
    if (token.kind === 'option') checkOption(token, known, messages);
  }
  return { flags: values, positionals };
}

/** What is left of a command line when its flags are taken away. */
export function positionalsOf(args: readonly string[], flags: Flags): readonly string[] {
  return parsed(args, { ...flags, ...EVERY_COMMAND }).positionals;
}

function parsed(args: readonly string[], known: Flags): NodeParsed {
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { type, short, multiple, default: value }]) => [
      name,
      {
        type,
        ...(short !== undefined && { short }),
        ...(multiple === true && { multiple }),
        ...(value !== undefined && { default: value }),
      },
    ]),
  );
  return parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
}

interface NodeParsed {
  readonly values: FlagValues;
  readonly positionals: readonly string[];
  readonly tokens: readonly ((OptionToken & { readonly kind: 'option' }) | OtherToken)[];
}

interface OtherToken {
  readonly kind: 'positional' | 'option-terminator';
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}

function checkOption(
  { name, rawName, value }: OptionToken,
  known: Flags,
  messages: Messages,
): void {
  const flag = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!flag) {
    const hint = didYouMean(name, Object.keys(known));
    throw badUsage(
      withHint(messages, messages.text('say.usage.noFlag', { flag: rawName }), hint && `--${hint}`),
    );
  }
  if (flag.type === 'string' && value === undefined) {
    throw badUsage(messages.text('say.usage.needsValue', { flag: rawName }));
  }
  if (flag.type === 'boolean' && value !== undefined) {
    throw badUsage(messages.text('say.usage.takesNoValue', { flag: rawName }));
  }
}

export function withHint(messages: Messages, sentence: string, hint: string | undefined): string {
  return hint === undefined
    ? sentence
    : `${sentence}; ${messages.text('say.didYouMean', { hint })}`;
}

/** The known word that a wrong one is nearest to, where it is near at all. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  return known
    .map((candidate) => ({
      candidate,
      edits: candidate.startsWith(word) && word.length > 1 ? 0 : distance(word, candidate),
    }))
    .filter(({ edits }) => edits <= limit)
    .toSorted((a, b) => a.edits - b.edits)[0]?.candidate;
}
