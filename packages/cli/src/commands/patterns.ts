/** `tendril patterns`: what records say once their values are masked, and what of it is new. */
import { LEVELS, type Level } from '@tendril/api/log-histogram';
import {
  LOG_PATTERNS_MAX,
  type LogPattern,
  type LogPatternsInput,
  type LogPatternsResponse,
  type PatternShow,
} from '@tendril/api/log-patterns';
import type { Command, FlagValues, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badUsage, countFlag, isSet, textFlag } from '../flag-values.ts';
import type { Output, Style } from '../output/output.ts';
import { printable, printableJson } from '../output/printable.ts';
import { timeText } from '../output/record-line.ts';
import { sparkline } from '../output/sparkline.ts';
import { fit, padEnd, padStart, widthOf } from '../output/width.ts';
import { RANGE_FLAGS, rangeOf } from '../range-flags.ts';

const ROWS_DEFAULT = 50;
const BUCKETS = 24;

export const patterns: Command = {
  name: 'patterns',
  summary: 'patterns.summary',
  usage:
    'patterns [QUERY] [--since DURATION | --from TIME --to TIME] [--new | --vanished] [--limit N]',
  examples: [
    { line: 'patterns --since 1h', summary: 'patterns.example.plain' },
    { line: "patterns 'level >= warn' --new --since 30m", summary: 'patterns.example.new' },
    {
      line: 'patterns --vanished --from now-1h --compare now-1d --json',
      summary: 'patterns.example.vanished',
    },
  ],
  flags: {
    ...RANGE_FLAGS,
    new: { type: 'boolean', summary: 'patterns.flag.new' },
    vanished: { type: 'boolean', summary: 'patterns.flag.vanished' },
    compare: { type: 'string', value: 'TIME', summary: 'patterns.flag.compare' },
    limit: {
      type: 'string',
      short: 'n',
      value: 'N',
      summary: 'patterns.flag.limit',
      default: String(ROWS_DEFAULT),
    },
    examples: { type: 'boolean', summary: 'patterns.flag.examples' },
  },

  async run(invocation) {
    const { api, flags, positionals, signal, stdout } = invocation;
    const answer = await api.logPatterns(requestOf(positionals, flags), signal);
    const print = isSet(flags, 'json')
      ? answer.patterns.map((pattern) => printableJson(pattern))
      : lines(answer, invocation);
    for (const line of print) await stdout.line(line);
    return await summarise(answer, invocation);
  },
};

function requestOf(positionals: readonly string[], flags: FlagValues): LogPatternsInput {
  const show = shownOf(flags);
  const compare = textFlag(flags, 'compare') ?? (show === 'all' ? undefined : 'before');
  const limit = countFlag(flags, 'limit', { min: 1, max: LOG_PATTERNS_MAX });
  return {
    query: positionals.join(' '),
    ...rangeOf(flags),
    limit: limit ?? ROWS_DEFAULT,
    buckets: BUCKETS,
    show,
    ...(compare !== undefined && { compare }),
  };
}

function shownOf(flags: FlagValues): PatternShow {
  if (isSet(flags, 'new') && isSet(flags, 'vanished'))
    throw badUsage('--new and --vanished exclude each other');
  if (isSet(flags, 'new')) return 'new';
  return isSet(flags, 'vanished') ? 'vanished' : 'all';
}

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (pattern: LogPattern) => string;
  readonly style?: (pattern: LogPattern) => Style;
  readonly widthMax?: number;
}

const SERVICES_WIDTH_MAX = 24;
/** A narrow terminal wraps lines rather than losing what they are about. */
const TEMPLATE_WIDTH_MIN = 40;
const INDENT = '    ';

function* lines(answer: LogPatternsResponse, invocation: Invocation): Iterable<string> {
  const { flags, stdout } = invocation;
  if (answer.patterns.length === 0) return;
  const columns = columnsOf(invocation);
  const cells = answer.patterns.map((pattern) => columns.map(({ cell }) => cell(pattern)));
  const widths = columns.map(({ title, widthMax = Infinity }, index) =>
    Math.min(widthMax, Math.max(widthOf(title), ...cells.map((row) => widthOf(row[index] ?? '')))),
  );
  const aligned = (text: string, index: number): string => {
    const width = widths[index] ?? 0;
    const cut = fit(text, width);
    return columns[index]?.align === 'right' ? padStart(cut, width) : padEnd(cut, width);
  };
  const used = widths.reduce((sum, width) => sum + width + 2, 0);
  const room = Math.max(TEMPLATE_WIDTH_MIN, stdout.width - used);
  const titles = columns.map(({ title }, index) => aligned(title, index));
  yield stdout.style('dim', [...titles, invocation.messages.text('patterns.pattern')].join('  '));
  for (const [row, pattern] of answer.patterns.entries()) {
    const styled = columns.map(({ style }, index) => {
      const text = aligned(cells[row]?.[index] ?? '', index);
      return style ? stdout.style(style(pattern), text) : text;
    });
    yield [...styled, fit(printable(pattern.template), room)].join('  ');
    if (isSet(flags, 'examples')) yield* exampleLines(pattern, stdout);
  }
}

function* exampleLines({ patternId, examples }: LogPattern, stdout: Output): Iterable<string> {
  for (const text of [`patternId:${patternId}`, ...examples]) {
    yield stdout.style('dim', INDENT + fit(printable(text), stdout.width - INDENT.length));
  }
}

function columnsOf({ flags, messages, stdout }: Invocation): readonly Column[] {
  const show = shownOf(flags);
  const time = (ns: string): string => timeText(ns, stdout.isTerminal);
  const count: Column = {
    title: messages.text('patterns.count'),
    align: 'right',
    cell: (pattern) => (show === 'vanished' ? pattern.before : pattern.count).toLocaleString('en'),
  };
  const share: Column = {
    title: messages.text('patterns.share'),
    align: 'right',
    cell: (pattern) => `${(pattern.share * 100).toFixed(1)}%`,
  };
  const trend: Column = {
    title: messages.text('patterns.trend'),
    align: 'left',
    cell: (pattern) => sparkline(pattern.trend),
    style: () => 'gray',
  };
  const first: Column = {
    title: messages.text('patterns.first'),
    align: 'left',
    cell: ({ firstSeen }) => time(firstSeen),
    style: () => 'dim',
  };
  const last: Column = {
    title: messages.text('patterns.last'),
    align: 'left',
    cell: ({ lastSeen }) => time(lastSeen),
    style: () => 'dim',
  };
  const level: Column = {
    title: ' ',
    align: 'left',
    cell: (pattern) => LEVEL_LETTERS[worstOf(pattern)],
    style: (pattern) => LEVEL_STYLES[worstOf(pattern)],
  };
  const services: Column = {
    title: messages.text('patterns.services'),
    align: 'left',
    cell: servicesText,
    widthMax: SERVICES_WIDTH_MAX,
  };
  switch (show) {
    case 'all':
      return [count, share, trend, level, services];
    case 'new':
      return [count, first, trend, level, services];
    case 'vanished':
      return [count, last, level, services];
  }
}

const LEVEL_LETTERS: Readonly<Record<Level, string>> = {
  unknown: '·',
  trace: 'T',
  debug: 'D',
  info: 'I',
  warn: 'W',
  error: 'E',
  fatal: 'F',
};
const LEVEL_STYLES: Readonly<Record<Level, Style>> = {
  unknown: 'gray',
  trace: 'gray',
  debug: 'gray',
  info: 'blue',
  warn: 'yellow',
  error: 'red',
  fatal: 'magenta',
};

function worstOf({ levels }: LogPattern): Level {
  return LEVELS.findLast((level) => (levels[level] ?? 0) > 0) ?? 'unknown';
}

function servicesText({ services }: LogPattern): string {
  const [first, ...others] = services.map(({ name }) => printable(name) || '-');
  return others.length === 0 ? (first ?? '-') : `${first ?? '-'} +${others.length}`;
}

async function summarise(
  { patterns: found, range, partial, records, total, cost }: LogPatternsResponse,
  { stderr, messages, signal }: Invocation,
): Promise<ExitCode> {
  if (signal.aborted) return EXIT.interrupted;
  if (partial) {
    await stderr.line(messages.text('say.partial.table', { reason: partial.reason }));
    return EXIT.partial;
  }
  if (found.length === 0) {
    const [from, to] = [timeText(range.from, false), timeText(range.to, false)];
    await stderr.line(messages.text('say.nothingFound.range', { from, to }));
    return EXIT.nothingFound;
  }
  if (stderr.isTerminal) {
    const elapsedMs = Math.round(cost.elapsedMs);
    const text = messages.text('patterns.found', {
      shown: found.length,
      total,
      records,
      elapsedMs,
    });
    await stderr.line(stderr.style('dim', text));
  }
  return EXIT.ok;
}
