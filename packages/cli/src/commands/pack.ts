/** `tendril pack`: which packs there are, what is wrong with one, and what a known error or a code means. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkPacks, fillPack } from '@tendril/intake/packs/check-packs';
import type { ErrorSpec, RunbookStep } from '@tendril/intake/packs/error-spec';
import type { ExplainedCode } from '@tendril/intake/packs/known-errors';
import {
  knownErrorsOf,
  problemText,
  readPacks,
  type LoadedPack,
  type Packs,
} from '@tendril/intake/packs/load-packs';
import { ownPacks, packFolders } from '@tendril/intake/packs/pack-folder';
import type { Command, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badUsage, isSet, textFlag } from '../flag-values.ts';
import { printable, printableJson, printableLines } from '../output/printable.ts';
import { tableLines } from '../output/table.ts';

export const pack: Command = {
  name: 'pack',
  summary: 'pack.summary',
  usage: 'pack list [DIR] | check [DIR] [--fill] | show ID-OR-CODE',
  examples: [
    { line: 'pack list', summary: 'pack.example.list' },
    { line: 'pack check ./my-packs --fill', summary: 'pack.example.check' },
    { line: 'pack show 1507', summary: 'pack.example.show' },
  ],
  flags: {
    packs: { type: 'string', value: 'DIR', summary: 'flag.packs' },
    fill: { type: 'boolean', summary: 'pack.flag.fill' },
  },

  async run(invocation) {
    const { positionals, messages } = invocation;
    const [action, subject, more] = positionals;
    if (more !== undefined) {
      throw badUsage(messages.text('say.usage.tooMany', { argument: printable(more) }));
    }
    switch (action) {
      case 'list':
        return await list(invocation, subject);
      case 'check':
        return await check(invocation, subject);
      case 'show':
        if (subject === undefined) {
          throw badUsage(messages.text('say.usage.missing', { what: ' ID' }).trim());
        }
        return await show(invocation, subject);
      case undefined:
        throw badUsage(messages.text('say.usage.missing', { what: 'list, check, show' }));
      default:
        throw badUsage(messages.text('say.usage.unknown', { argument: printable(action) }));
    }
  },
};

// As the server of this machine has them, or those of one folder.
function foldersOf(
  { flags, environment }: Invocation,
  given: string | undefined,
): readonly string[] {
  if (given !== undefined) return [given];
  const dataPath = environment['TENDRIL_DATA_DIR'] ?? join(homedir(), '.tendril');
  return ownPacks(textFlag(flags, 'packs') ?? environment['TENDRIL_PACKS'], dataPath);
}

async function list(invocation: Invocation, given: string | undefined): Promise<ExitCode> {
  const { flags, stdout, messages } = invocation;
  const loaded = readPacks({ folders: foldersOf(invocation, given) });
  const rows = loaded.packs.map((each) => rowOf(loaded, each, messages.language));
  if (isSet(flags, 'json')) {
    for (const row of rows) await stdout.line(printableJson(row));
    return EXIT.ok;
  }
  const columns = (['name', 'origin', 'title', 'formats', 'errors', 'codes'] as const).map(
    (name) => ({
      title: messages.text(`pack.column.${name}`),
      align: isCount(name) ? ('right' as const) : ('left' as const),
    }),
  );
  const cells = rows.map(({ name, origin, title, formats, errors, codes }) => [
    printable(name),
    messages.text('pack.origin', { origin }),
    printable(title),
    messages.number(formats),
    messages.number(errors),
    messages.number(codes),
  ]);
  for (const line of tableLines(columns, cells)) await stdout.line(line);
  return EXIT.ok;
}

function isCount(name: string): boolean {
  return name === 'formats' || name === 'errors' || name === 'codes';
}

interface PackRow {
  readonly name: string;
  readonly origin: string;
  readonly title: string;
  readonly formats: number;
  readonly errors: number;
  readonly codes: number;
  readonly path: string;
}

function rowOf(
  { formats, errors, codes }: Packs,
  pack: LoadedPack,
  language: 'en' | 'zh',
): PackRow {
  const { name, origin, path } = pack.folder;
  const isOwn = (each: { readonly pack: LoadedPack }): boolean => each.pack === pack;
  const tables = [...codes.values()].filter(isOwn);
  return {
    name,
    origin,
    title: pack.title[language],
    formats: [...formats.values()].filter(isOwn).length,
    errors: [...errors.values()].filter((error) => error.pack === name).length,
    codes: tables.reduce((total, { table }) => total + table.codes.length, 0),
    path,
  };
}

async function check(invocation: Invocation, given: string | undefined): Promise<ExitCode> {
  const { flags, stdout, stderr, messages } = invocation;
  const folders = foldersOf(invocation, given);
  const isChecked = ({ folder }: LoadedPack): boolean =>
    given === undefined || folder.origin === 'user';
  if (given !== undefined && packFolders(given, 'user').length === 0) {
    await stderr.line(messages.text('say.pack.none', { path: printable(given) }));
    return EXIT.nothingFound;
  }
  let packs = readPacks({ folders });
  if (isSet(flags, 'fill')) {
    const own = packs.packs.filter(({ folder }) => folder.origin === 'user');
    const count = own.reduce((total, each) => total + fillPack(packs, each), 0);
    await stderr.line(messages.text('say.pack.filled', { count }));
    if (count > 0) packs = readPacks({ folders });
  }
  const problems = checkPacks(packs, isChecked);
  for (const problem of problems) {
    await stdout.line(
      isSet(flags, 'json') ? printableJson(problem) : printable(problemText(problem)),
    );
  }
  const count = packs.packs.filter(isChecked).length;
  await stderr.line(messages.text('say.pack.checked', { count, problems: problems.length }));
  return problems.length === 0 ? EXIT.ok : EXIT.problemsFound;
}

async function show(invocation: Invocation, subject: string): Promise<ExitCode> {
  const { flags, stdout, stderr, messages } = invocation;
  const folders = foldersOf(invocation, undefined);
  const packs = readPacks({ folders, sections: ['errors', 'codes'] });
  const error = packs.errors.get(subject);
  const codes = knownErrorsOf(packs).explain(subject);
  if (!error && codes.length === 0) {
    await stderr.line(messages.text('say.pack.unknown', { subject: printable(subject) }));
    return EXIT.nothingFound;
  }
  const lines = isSet(flags, 'json')
    ? [
        ...(error ? [printableJson({ pack: error.pack, ...error.spec })] : []),
        ...codes.map(({ table, code }) =>
          printableJson({ table: table.id, title: table.title, ...code }),
        ),
      ]
    : [
        ...(error ? errorLines(invocation, error.spec) : []),
        ...codes.flatMap((code) => codeLines(invocation, code)),
      ];
  for (const line of lines) await stdout.line(line);
  return EXIT.ok;
}

function errorLines({ stdout, messages }: Invocation, spec: ErrorSpec): readonly string[] {
  const { id, title, level, kind, cause, action, runbook, links } = spec;
  const { language } = messages;
  const heading = (name: 'pack.cause' | 'pack.action' | 'pack.runbook'): string =>
    stdout.style('dim', messages.text(name));
  const steps = runbook.flatMap((step, index) => stepLines({ stdout, messages }, step, index + 1));
  return [
    stdout.style('bold', printable(title[language])),
    messages.text('pack.error', { id, level, kind }),
    heading('pack.cause'),
    ...indented(cause[language]),
    heading('pack.action'),
    ...indented(action[language]),
    ...(steps.length > 0 ? [heading('pack.runbook'), ...steps] : []),
    ...links.flatMap(indented),
  ];
}

function stepLines(
  { stdout, messages }: Pick<Invocation, 'stdout' | 'messages'>,
  step: RunbookStep,
  number: number,
): readonly string[] {
  const { language } = messages;
  const lines = [`  ${number}. ${printable(step.do[language])}`];
  if (step.run !== undefined) lines.push(`     ${stdout.style('cyan', printable(step.run))}`);
  if (step.caution) {
    const caution = printable(step.caution[language]);
    lines.push(`     ${stdout.style('yellow', messages.text('pack.caution', { caution }))}`);
  }
  return lines;
}

function codeLines({ messages }: Invocation, { table, code }: ExplainedCode): readonly string[] {
  const { language } = messages;
  const title = printable(table.title[language]);
  return [
    messages.text('pack.code', { table: title, name: printable(code.name), kind: code.kind }),
    ...indented(code.meaning[language]),
    ...(code.hint ? indented(code.hint[language]) : []),
  ];
}

function indented(text: string): readonly string[] {
  return printableLines(text).map((line) => `  ${line}`);
}
