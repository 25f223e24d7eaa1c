/** `tendril change add | list`: deploys, restarts and configuration changes. */
import { CHANGE_KINDS, type Change, type ChangeKind } from '@tendril/api/changes';
import type { Command, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badUsage, badValue, isSet, textFlag } from '../flag-values.ts';
import { printable, printableJson } from '../output/printable.ts';
import { timeText } from '../output/record-line.ts';
import { tableLines } from '../output/table.ts';
import { RANGE_FLAGS, rangeOf } from '../range-flags.ts';

export const change: Command = {
  name: 'change',
  summary: 'change.summary',
  usage: 'change list [--since DURATION] [--service NAME] | change add TITLE --service NAME …',
  examples: [
    { line: 'change list --since 2h', summary: 'change.example.list' },
    {
      line: 'change add "deploy 3.8.4" --service openim-rpc-msg --before 3.8.3 --after 3.8.4',
      summary: 'change.example.add',
    },
    {
      line: 'change add "push pool 64 to 8" --kind config --service openim-push',
      summary: 'change.example.config',
    },
  ],
  flags: {
    ...RANGE_FLAGS,
    service: { type: 'string', value: 'NAME', summary: 'change.flag.service' },
    kind: { type: 'string', value: 'KIND', summary: 'change.flag.kind', default: 'deploy' },
    before: { type: 'string', value: 'TEXT', summary: 'change.flag.before' },
    after: { type: 'string', value: 'TEXT', summary: 'change.flag.after' },
    instance: { type: 'string', value: 'NAME', summary: 'change.flag.instance' },
    environment: { type: 'string', value: 'NAME', summary: 'change.flag.environment' },
    at: { type: 'string', value: 'TIME', summary: 'change.flag.at' },
    link: { type: 'string', value: 'URL', summary: 'change.flag.link' },
  },

  async run(invocation) {
    const { messages } = invocation;
    const [action, ...rest] = invocation.positionals;
    switch (action) {
      case 'add':
        return await add(invocation, rest);
      case 'list':
        return await list(invocation, rest);
      case undefined:
        throw badUsage(messages.text('say.usage.missing', { what: 'add, list' }));
      default:
        throw badUsage(messages.text('say.usage.unknown', { argument: printable(action) }));
    }
  },
};

async function add(invocation: Invocation, [title, ...rest]: readonly string[]): Promise<ExitCode> {
  const { api, flags, stdout, stderr, messages, signal } = invocation;
  if (title === undefined)
    throw badUsage(messages.text('say.usage.missing', { what: ' TITLE' }).trim());
  refuseMore(rest, invocation);
  const added = await api.addChange(
    {
      kind: kindOf(textFlag(flags, 'kind') ?? 'deploy'),
      title,
      service: textFlag(flags, 'service'),
      instance: textFlag(flags, 'instance'),
      environment: textFlag(flags, 'environment'),
      before: textFlag(flags, 'before'),
      after: textFlag(flags, 'after'),
      url: textFlag(flags, 'link'),
      at: textFlag(flags, 'at'),
    },
    signal,
  );
  if (isSet(flags, 'json')) await stdout.line(printableJson(added));
  else await stderr.line(messages.text('say.change.added', { title: printable(added.title) }));
  return EXIT.ok;
}

function kindOf(text: string): ChangeKind {
  const kind = CHANGE_KINDS.find((known) => known === text);
  if (!kind) throw badValue('--kind', text, CHANGE_KINDS.join(', '));
  return kind;
}

async function list(invocation: Invocation, rest: readonly string[]): Promise<ExitCode> {
  const { api, flags, stdout, stderr, messages, signal } = invocation;
  refuseMore(rest, invocation);
  const request = {
    from: 'now-24h',
    ...rangeOf(flags),
    service: textFlag(flags, 'service'),
    environment: textFlag(flags, 'environment'),
  };
  const { changes, isCut } = await api.listChanges(request, signal);
  // Newest next to the prompt, as searches have it.
  const inOrder = changes.toReversed();
  if (isSet(flags, 'json')) for (const each of inOrder) await stdout.line(printableJson(each));
  else if (inOrder.length > 0) await printTable(invocation, inOrder);
  if (inOrder.length === 0) {
    await stderr.line(messages.text('say.change.none'));
    return EXIT.nothingFound;
  }
  if (isCut) await stderr.line(messages.text('say.change.cut'));
  return isCut ? EXIT.partial : EXIT.ok;
}

async function printTable(
  { stdout, messages }: Invocation,
  changes: readonly Change[],
): Promise<void> {
  const names = ['time', 'kind', 'service', 'instance', 'what', 'origin'] as const;
  const columns = names.map((name) => ({
    title: messages.text(`change.column.${name}`),
    align: 'left' as const,
  }));
  const rows = changes.map(({ timestamp, kind, service, instance, title, origin }) =>
    [
      timeText(timestamp, stdout.isTerminal),
      messages.text('change.kind', { kind }),
      service,
      instance,
      title,
      messages.text('change.origin', { origin }),
    ].map(printable),
  );
  for (const line of tableLines(columns, rows)) await stdout.line(line);
}

function refuseMore([argument]: readonly string[], { messages }: Invocation): void {
  if (argument === undefined) return;
  throw badUsage(messages.text('say.usage.tooMany', { argument: printable(argument) }));
}
