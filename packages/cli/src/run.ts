/**
 * One run of the program: finds the command, gives it what it may touch, and turns whatever it ends
 * with into an exit code and, for failures, one sentence on standard error. Failures are handled
 * here and nowhere else.
 */
import { createClient } from '@tendril/api/client';
import { ProblemFailure } from '@tendril/api/problem';
import { languageOfEnvironment, parseLanguage, type Language } from '@tendril/messages/language';
import { createMessages, type Messages } from '@tendril/messages/messages';
import { Failure, messageOf } from '@tendril/model/failure';
import { parseTraceContext } from '@tendril/model/trace-context';
import { didYouMean, parseArguments, positionalsOf, withHint } from './arguments.ts';
import type { Command, Flags, Invocation } from './command.ts';
import { COMMANDS } from './commands/registry.ts';
import { EXIT, exitCodeOf, type ExitCode } from './exit.ts';
import { badUsage, textFlag } from './flag-values.ts';
import { commandHelp, PROGRAM, programHelp } from './help.ts';
import { createOutput, type Output, type TerminalStream } from './output/output.ts';
import { printable } from './output/printable.ts';
import { widthOf } from './output/width.ts';
import { VERSION } from './version.ts';

export interface Surroundings {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: Invocation['stdin'];
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly signal: AbortSignal;
}

const DEFAULT_URL = 'http://127.0.0.1:7700';

export async function run(surroundings: Surroundings): Promise<ExitCode> {
  const { args, environment } = surroundings;
  const noColor = args.includes('--no-color');
  const stdout = createOutput(surroundings.stdout, { environment, noColor });
  const stderr = createOutput(surroundings.stderr, { environment, noColor });
  const messages = createMessages(languageOf(args, environment));
  try {
    return await dispatch(surroundings, { stdout, stderr, messages });
  } catch (error) {
    if (surroundings.signal.aborted) return EXIT.interrupted;
    return await report(error, { stderr, messages, query: queryOf(args) });
  }
}

interface Talk {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly messages: Messages;
}

async function dispatch(surroundings: Surroundings, talk: Talk): Promise<ExitCode> {
  const { stdout, messages } = talk;
  const [first, ...rest] = commandFirst(surroundings.args);
  if (first === undefined || first === '--help' || first === '-h') {
    await stdout.write(programHelp(COMMANDS, messages));
    return first === undefined ? EXIT.usage : EXIT.ok;
  }
  if (first === '--version') {
    await stdout.line(VERSION);
    return EXIT.ok;
  }
  const command = commandOf(first, messages);
  const flags = { ...command.flags, ...(await command.moreFlags?.()) };
  if (rest.includes('--help') || rest.includes('-h')) {
    await stdout.write(commandHelp(command, flags, messages));
    return EXIT.ok;
  }
  return await command.run(invocation(surroundings, talk, { args: rest, flags }));
}

const ALONE: ReadonlySet<string> = new Set(['--help', '-h', '--version']);

/** Flags may stand before the command, as other tools have it: `tendril -n openim list`. */
function commandFirst(args: readonly string[]): readonly string[] {
  const [first = ''] = args;
  if (!first.startsWith('-') || ALONE.has(first)) return args;
  const at = args.findIndex((arg) => COMMANDS.some(({ name }) => name === arg));
  return at < 0 ? args : [args[at] ?? '', ...args.slice(0, at), ...args.slice(at + 1)];
}

function commandOf(name: string, messages: Messages): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command) return command;
  const hint = didYouMean(
    name,
    COMMANDS.map((candidate) => candidate.name),
  );
  const sentence = messages.text('say.usage.noCommand', { command: printable(name) });
  throw badUsage(withHint(messages, sentence, hint));
}

function invocation(
  { environment, stdin, signal }: Surroundings,
  talk: Talk,
  given: { readonly args: readonly string[]; readonly flags: Flags },
): Invocation {
  const { flags, positionals } = parseArguments(given.args, given.flags, talk.messages);
  checkLanguage(textFlag(flags, 'lang'));
  const serverUrl = textFlag(flags, 'url') ?? environment['TENDRIL_URL'] ?? DEFAULT_URL;
  const token = environment['TENDRIL_TOKEN'];
  // As OpenTelemetry says that a program is told what it is run for.
  const trace = parseTraceContext(environment['TRACEPARENT'], environment['TRACESTATE']);
  return {
    ...talk,
    flags,
    positionals,
    stdin,
    environment,
    signal,
    serverUrl,
    nowMs: Date.now,
    api: createClient({
      baseUrl: checkedUrl(serverUrl),
      ...(token && { token }),
      ...(trace && { trace }),
    }),
  };
}

function checkedUrl(url: string): string {
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return url;
  throw badUsage(`--url must be an address such as ${DEFAULT_URL}, not "${printable(url)}"`);
}

function checkLanguage(text: string | undefined): void {
  if (text === undefined || parseLanguage(text) !== undefined) return;
  throw badUsage(`--lang must be en or zh, not "${printable(text)}"`);
}

// Needed before flags are parsed: what is wrong with them is said in this language.
function languageOf(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const at = args.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  const asked = args[at]?.split('=')[1] ?? args[at + 1];
  const language = at < 0 ? undefined : parseLanguage(asked ?? '');
  return language ?? languageOfEnvironment({ ...environment, ...langOfTendril(environment) });
}

function langOfTendril(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const lang = environment['TENDRIL_LANG'];
  return lang ? { LC_ALL: lang } : {};
}

interface Reporting {
  readonly stderr: Output;
  readonly messages: Messages;
  /** As it was sent; empty when there was none. */
  readonly query: string;
}

async function report(error: unknown, { stderr, messages, query }: Reporting): Promise<ExitCode> {
  if (!(error instanceof Failure)) {
    // A mistake of ours: what happened helps more than how it is said.
    const stack = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
    await stderr.line(`${PROGRAM}: ${stack}`);
    return EXIT.error;
  }
  const { code, params, message: detail } = error;
  const sentence = messages.failure({ code, params, detail });
  await stderr.line(`${stderr.style('red', `${PROGRAM}:`)} ${printable(sentence)}`);
  if (error instanceof ProblemFailure) await reportProblem(error, query, stderr);
  const exit = exitCodeOf(code);
  if (exit === EXIT.unreachable) await stderr.line(messages.text('say.hint.unreachable'));
  if (exit === EXIT.access && code !== 'forbidden_host') {
    await stderr.line(messages.text('say.hint.access'));
  }
  return exit;
}

/** Where a query is wrong, and what to write instead. */
async function reportProblem(
  { problem: { position, hint } }: ProblemFailure,
  query: string,
  stderr: Output,
): Promise<void> {
  if (position && query !== '') {
    await stderr.line(`  ${printable(query)}`);
    const before = widthOf(printable(query.slice(0, position.start)));
    const marked = widthOf(printable(query.slice(position.start, position.end)));
    await stderr.line(`  ${' '.repeat(before)}${'^'.repeat(Math.max(1, marked))}`);
  }
  if (hint) await stderr.line(`  ${printable(hint)}`);
}

// Commands that take a query join their arguments with blanks.
function queryOf(args: readonly string[]): string {
  const [name, ...rest] = args;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) return '';
  return positionalsOf(rest, command.flags).join(' ');
}
