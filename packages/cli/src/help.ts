/** Help, made from the commands themselves: examples first. */
import type { Messages } from '@tendril/messages/messages';
import { EVERY_COMMAND } from './arguments.ts';
import type { Command, Flag, Flags } from './command.ts';
import { padEnd, widthOf } from './output/width.ts';

export const PROGRAM = 'tendril';

export function programHelp(commands: readonly Command[], messages: Messages): string {
  return [
    messages.text('help.intro'),
    '',
    `${messages.text('help.usage')}    ${PROGRAM} COMMAND [--flags]`,
    '',
    messages.text('help.commands'),
    ...aligned(commands.map(({ name, summary }) => [name, messages.text(summary)] as const)),
    '',
    messages.text('help.more', { program: PROGRAM }),
    '',
  ].join('\n');
}

export function commandHelp(command: Command, flags: Flags, messages: Messages): string {
  const examples = command.examples.map(
    ({ line, summary }) => [`${PROGRAM} ${line}`, messages.text(summary)] as const,
  );
  return [
    messages.text(command.summary),
    '',
    messages.text('help.examples'),
    ...aligned(examples),
    '',
    `${messages.text('help.usage')}    ${PROGRAM} ${command.usage}`,
    ...flagLines(messages.text('help.flags'), flags, messages),
    ...flagLines(messages.text('help.everyCommand'), EVERY_COMMAND, messages),
    '',
    messages.text('help.exitCodes'),
    `  ${messages.text('help.exitCodes.list')}`,
    '',
  ].join('\n');
}

function flagLines(title: string, flags: Flags, messages: Messages): string[] {
  const rows = Object.entries(flags).map(
    ([name, flag]) => [spelled(name, flag), described(flag, messages)] as const,
  );
  return rows.length === 0 ? [] : ['', title, ...aligned(rows)];
}

function spelled(name: string, { short, type, value }: Flag): string {
  const shortName = short === undefined ? '' : `-${short}, `;
  return `${shortName}--${name}${type === 'string' ? ` ${value ?? 'TEXT'}` : ''}`;
}

function described(flag: Flag, messages: Messages): string {
  const text = flag.summary ? messages.text(flag.summary) : (flag.doc ?? '');
  if (flag.default === undefined) return text;
  return `${text} (${messages.text('help.default', { value: flag.default })})`;
}

/** Wider names have their text on the next line. */
const NAME_WIDTH_MAX = 44;

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const widths = rows.map(([name]) => widthOf(name)).filter((width) => width <= NAME_WIDTH_MAX);
  const width = Math.max(0, ...widths);
  return rows.map(([name, text]) =>
    widthOf(name) > NAME_WIDTH_MAX
      ? `  ${name}\n  ${' '.repeat(width)}  ${text}`
      : `  ${padEnd(name, width)}  ${text}`.trimEnd(),
  );
}
