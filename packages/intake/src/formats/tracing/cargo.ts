/**
 * What `cargo run` and rustc print among the records of a program: build steps, warnings, errors, and the
 * panics of the program itself, in the shapes of all compilers so far.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LineFormat, ParsedLine } from '../../format.ts';
import { severityTextOf } from '../severity-word.ts';

export const CARGO: LineFormat = {
  name: 'cargo',
  title: { en: 'cargo and rustc', zh: 'cargo 与 rustc 输出' },
  specificity: 'specific',
  gate: { first: ' we' },
  parse,
};

export const RUST_PANIC: LineFormat = {
  name: 'rust-panic',
  title: { en: 'Panics of Rust programs', zh: 'Rust 程序的 panic' },
  specificity: 'specific',
  gate: { first: 't', contains: [' panicked at '] },
  parse: parsePanic,
};

const STEP =
  /^ {1,9}(Compiling|Checking|Finished|Running|Building|Downloading|Downloaded|Updating|Fresh|Locking|Adding|Removing|Blocking|Documenting|Packaging|Installing|Installed|Replacing) (?:([\w-]{1,64}) v(\d[\w.+-]{0,63}))?/;
const DIAGNOSTIC = /^(warning|error)(?:\[(E\d{4})\])?: /;
// `cargo` says this for the package, not the compiler.
const SUMMARY = /^(?:warning|error): (?:`[\w-]{1,64}` \(|could not compile `|no bin target named )/;

const INFO = 9;
const WARN = 13;
const ERROR = 17;
const FATAL = 21;

function parse(line: string): ParsedLine | undefined {
  const step = STEP.exec(line);
  if (step) {
    const [, , crate, version] = step;
    const attributes = new Map<string, AttributeValue>();
    if (crate !== undefined) attributes.set('rust.crate', crate);
    if (version !== undefined) attributes.set('rust.crate.version', version);
    return record(line.trim(), INFO, attributes);
  }
  const diagnostic = DIAGNOSTIC.exec(line);
  if (!diagnostic) return undefined;
  const place = /\n[ \t]{0,16}--> ([^\s:]{1,512}:\d{1,7})/.exec(line.slice(0, 4096))?.[1];
  // Other programs begin lines with `error: ` as well.
  if (place === undefined && diagnostic[2] === undefined && !isOfCargo(line)) return undefined;
  const attributes = new Map<string, AttributeValue>();
  if (diagnostic[2] !== undefined) attributes.set('error.code', diagnostic[2]);
  if (place !== undefined) attributes.set('code.caller', place);
  return record(line, diagnostic[1] === 'error' ? ERROR : WARN, attributes);
}

function isOfCargo(line: string): boolean {
  return SUMMARY.test(line) || /^warning: unused [\w ]{1,32}: `/.test(line);
}

// Up to 1.72 the message stood in quotes before the place, since then on the next line; since 1.91 the
// thread has a number.
const PANIC =
  /^thread '([^'\n]{0,128})'(?: \((\d{1,10})\))? panicked at (?:'((?:[^'\\\n]|\\.|'(?!, ))*)', )?([^\n:]{1,512}:\d{1,7}(?::\d{1,7})?)?:?(?:\n([^\n]*))?/;

function parsePanic(line: string): ParsedLine | undefined {
  const panic = PANIC.exec(line);
  if (!panic) return undefined;
  const [, thread = '', threadId, quoted, place, next] = panic;
  const attributes = new Map<string, AttributeValue>([['exception.type', 'panic']]);
  if (thread !== '') attributes.set('thread.name', thread);
  if (threadId !== undefined) attributes.set('thread.id', threadId);
  if (place !== undefined) attributes.set('code.caller', place);
  const message = quoted ?? next;
  if (message !== undefined && message !== '') attributes.set('exception.message', message);
  return record(line, FATAL, attributes);
}

function record(body: string, number: number, attributes: Map<string, AttributeValue>): ParsedLine {
  return {
    timeNs: undefined,
    severityText: severityTextOf(number),
    severityNumber: number,
    body,
    eventName: '',
    scopeName: '',
    attributes,
    resource: undefined,
  };
}
