/** `tendril search`: records that match a query, the newest ones last, next to the prompt. */
import {
  SEARCH_ROWS_MAX,
  type LogSearchInput,
  type LogSearchSummary,
} from '@tendril/api/log-search';
import type { LogRecord } from '@tendril/model/log-record';
import { parsePipeline } from '@tendril/query/pipeline';
import type { Command, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { countFlag, isSet, textFlag } from '../flag-values.ts';
import { printable, printableJson } from '../output/printable.ts';
import { RecordPrinter, timeText, valueText } from '../output/record-line.ts';
import { TablePrinter } from '../output/table-printer.ts';
import { RANGE_FLAGS, rangeOf } from '../range-flags.ts';
import { fieldOf } from '../record-fields.ts';
import { printSpans } from '../traces/search-spans.ts';
import { spanQueryOf } from '../traces/span-query.ts';

const ROWS_DEFAULT = 100;
/** They wait in memory until the oldest is known; newest first they do not. */
const ROWS_MAX = 100_000;
const ROWS_STREAMED_MAX = 100_000_000;

export const search: Command = {
  name: 'search',
  summary: 'search.summary',
  usage: 'search [QUERY] [--since DURATION | --from TIME --to TIME] [--limit N] [--fields NAMES]',
  examples: [
    { line: "search 'level >= error' --since 1h", summary: 'search.example.errors' },
    {
      line: 'search operationID:op1704955171708 --since 7d --json',
      summary: 'search.example.operation',
    },
    {
      line: "search 'level:error | stats count() by service.name' --since 1h",
      summary: 'search.example.stats',
    },
    {
      line: "search 'kind:span duration > 500ms' --since 1h",
      summary: 'search.example.spans',
    },
    { line: 'search --fields timestamp,service,message', summary: 'search.example.fields' },
  ],
  flags: {
    ...RANGE_FLAGS,
    limit: {
      type: 'string',
      short: 'n',
      value: 'N',
      summary: 'search.flag.limit',
      default: String(ROWS_DEFAULT),
    },
    fields: { type: 'string', value: 'NAMES', summary: 'search.flag.fields' },
    'newest-first': { type: 'boolean', summary: 'search.flag.newestFirst' },
    full: { type: 'boolean', summary: 'search.flag.full' },
  },

  async run(invocation) {
    const { flags, stdout, positionals } = invocation;
    const isStreamed = isSet(flags, 'newest-first');
    const max = isStreamed ? ROWS_STREAMED_MAX : ROWS_MAX;
    const hasOwnLimit =
      flags['limit'] === String(ROWS_DEFAULT) && limitsItself(positionals.join(' '));
    const limit = hasOwnLimit ? max : (countFlag(flags, 'limit', { min: 1, max }) ?? ROWS_DEFAULT);
    const spanQuery = spanQueryOf(positionals.join(' '));
    if (spanQuery !== undefined) {
      const most = Math.min(limit, ROWS_MAX);
      return await summarise(invocation, await printSpans(invocation, spanQuery, most), most);
    }
    const print = printerOf(invocation);
    const waiting: LogRecord[] = [];
    const table = new TablePrinter(stdout, { json: isSet(flags, 'json') });
    const record = async (each: LogRecord): Promise<void> => {
      if (isStreamed) await stdout.line(print(each));
      else waiting.push(each);
    };
    const found = await searchPages(invocation, limit, { record, table });
    for (const each of waiting.toReversed()) await stdout.line(print(each));
    await table.end();
    return await summarise(invocation, found, limit);
  },
};

interface Found {
  readonly rows: number;
  readonly summary: LogSearchSummary | undefined;
}

interface Takers {
  readonly record: (record: LogRecord) => Promise<void>;
  readonly table: TablePrinter;
}

/** `… | limit 500` means 500, whatever is usual here. */
function limitsItself(query: string): boolean {
  try {
    return parsePipeline(query).pipes.some(({ name }) => name === 'limit');
  } catch {
    // The server says what is wrong with it.
    return false;
  }
}

async function searchPages(invocation: Invocation, limit: number, take: Takers): Promise<Found> {
  const { api, signal, positionals, flags } = invocation;
  const request: LogSearchInput = { query: positionals.join(' '), ...rangeOf(flags) };
  let rows = 0;
  let summary: LogSearchSummary | undefined;
  let cursor: string | undefined;
  do {
    const page = {
      ...request,
      ...(cursor && { cursor }),
      limit: Math.min(SEARCH_ROWS_MAX, limit - rows),
    };
    for await (const event of api.searchLogs(page, signal)) {
      switch (event.kind) {
        case 'row':
          rows += 1;
          await take.record(event.record);
          break;
        case 'columns':
          take.table.begin(event.columns);
          break;
        case 'cells':
          rows += 1;
          await take.table.row(event.cells);
          break;
        case 'summary':
          summary = event;
          break;
        case 'progress':
        case 'page':
        case 'overview':
        case 'facets':
      }
    }
    cursor = summary?.partial ? undefined : (summary?.next ?? undefined);
  } while (cursor !== undefined && rows < limit);
  return { rows, summary };
}

function printerOf({ flags, stdout }: Invocation): (record: LogRecord) => string {
  const fields = textFlag(flags, 'fields')
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (isSet(flags, 'json')) {
    return (record) => printableJson(fields ? pick(record, fields) : record);
  }
  if (fields) {
    const separator = stdout.isTerminal ? '  ' : '\t';
    return (record) => fields.map((name) => cellText(fieldOf(record, name))).join(separator);
  }
  const printer = new RecordPrinter(stdout, { full: isSet(flags, 'full') });
  return (record) => printer.print(record);
}

function pick(record: LogRecord, fields: readonly string[]): object {
  return Object.fromEntries(fields.map((name) => [name, fieldOf(record, name) ?? null]));
}

function cellText(value: ReturnType<typeof fieldOf>): string {
  if (value === undefined || value === '') return '-';
  return typeof value === 'string' ? printable(value) : valueText(value);
}

async function summarise(
  { stderr, messages, signal }: Invocation,
  { rows, summary }: Found,
  limit: number,
): Promise<ExitCode> {
  if (signal.aborted) return EXIT.interrupted;
  const say = async (text: string): Promise<void> => stderr.line(stderr.style('dim', text));
  if (summary?.partial) {
    const { reason, searchedTo } = summary.partial;
    await stderr.line(
      searchedTo === summary.range.to
        ? messages.text('say.partial.table', { reason })
        : messages.text('say.partial', { reason, searchedTo: timeText(searchedTo, false) }),
    );
    return EXIT.partial;
  }
  if (rows === 0) {
    const { from, to } = summary?.range ?? { from: '0', to: '0' };
    await stderr.line(
      messages.text('say.nothingFound.range', {
        from: timeText(from, false),
        to: timeText(to, false),
      }),
    );
    return EXIT.nothingFound;
  }
  if (stderr.isTerminal && summary) {
    const { elapsedMs, rowsRead } = summary.cost;
    const text = messages.text('say.found', { rows, elapsedMs: Math.round(elapsedMs), rowsRead });
    const more =
      rows >= limit && summary.next !== null ? ` · ${messages.text('say.found.more')}` : '';
    await say(text + more);
  }
  return EXIT.ok;
}
