/**
 * What a stack trace says at a glance: type and message of the exception, and the place it was thrown at, of
 * Go, Python, Java and JavaScript. Traces are joined before they come here; only their heads and the
 * nearest frames are looked at.
 */
import type { AttributeValue } from '@tendril/model/attribute';

export interface Exception {
  readonly type: string;
  readonly message: string;
  /** `file:line`; empty when no frame says it. */
  readonly caller: string;
  /** The program ended with it. */
  readonly isFatal: boolean;
}

/** How far into a trace is looked. */
const REACH_MAX = 64 * 1024;

/** Undefined when the text does not begin with a trace. */
export function exceptionOf(text: string): Exception | undefined {
  const trace = text.length > REACH_MAX ? text.slice(0, REACH_MAX) : text;
  return goPanic(trace) ?? pythonTraceback(trace) ?? javaException(trace) ?? nodeError(trace);
}

/** Adds what there is to say of an exception. */
export function addException(
  { type, message, caller }: Exception,
  attributes: Map<string, AttributeValue>,
): void {
  attributes.set('exception.type', type);
  if (message !== '') attributes.set('exception.message', message);
  if (caller !== '' && !attributes.has('code.caller')) attributes.set('code.caller', caller);
}

const GO = /^(?:panic|fatal error): ([^\n]{0,4096})/;
const GO_FRAME = /\n\t([^\s:]{1,512}\.go:\d{1,7})/g;

function goPanic(text: string): Exception | undefined {
  const message = GO.exec(text)?.[1];
  if (message === undefined) return undefined;
  const frames = [...text.matchAll(GO_FRAME)].map(([, place = '']) => place);
  const caller = frames.find((place) => !place.includes('/src/runtime/')) ?? '';
  return { type: 'panic', message: message.replace(/ \[recovered\]$/, ''), caller, isFatal: true };
}

const PYTHON_FRAME = /\n {2}(?:\|? {0,8})?File "([^"\n]{1,512})", line (\d{1,7})/g;
const PYTHON_END = /\n([A-Za-z_][\w.]{0,255})(?:: ([^\n]{0,4096}))?(?=\n|$)/g;
const PYTHON_CHAIN = /^(?:During handling of|The above exception|Traceback)/;

// The last exception of a chain is the one that was not handled.
function pythonTraceback(text: string): Exception | undefined {
  if (!text.startsWith('Traceback (most recent call last):')) return undefined;
  const ends = [...text.matchAll(PYTHON_END)].filter(([line]) => !PYTHON_CHAIN.test(line.trim()));
  const frames = [...text.matchAll(PYTHON_FRAME)];
  const [, type = 'Exception', message = ''] = ends.at(-1) ?? [];
  const [, file = '', line = ''] = frames.at(-1) ?? [];
  return { type, message, caller: file === '' ? '' : `${file}:${line}`, isFatal: false };
}

const JAVA =
  /^(?:Exception in thread "[^"\n]{0,256}" )?((?:[\w$]{1,128}\.){1,32}[\w$]{0,128}(?:Exception|Error|Throwable)[\w$]{0,64})(?:: ([^\n]{0,4096}))?\n\s{1,16}(?:at |\.\.\. )/;
const JAVA_FRAME = /\n\s{1,16}at [^(\n]{1,512}\(([\w$.-]{1,256}\.\w{1,16}:\d{1,7})\)/;

function javaException(text: string): Exception | undefined {
  const [, type, message = ''] = JAVA.exec(text) ?? [];
  if (type === undefined) return undefined;
  return { type, message, caller: JAVA_FRAME.exec(text)?.[1] ?? '', isFatal: false };
}

// An uncaught one prints the line of code first.
const NODE =
  /^(?:(?:file:\/\/)?\/[^\n]{1,1024}:\d{1,7}\n(?:[^\n]{0,1024}\n){1,4}\n?)?(?:Uncaught )?([A-Z]\w{0,64}Error|Error)(?: \[\w{1,64}\])?: ([^\n]{0,4096})\n {4}at /;
const NODE_FRAME =
  /\n {4}at (?:[^(\n]{1,512} \()?((?:file:\/\/)?\/[^()\n]{1,512}:\d{1,7}:\d{1,7})\)?/;

function nodeError(text: string): Exception | undefined {
  const [head = '', type, message = ''] = NODE.exec(text) ?? [];
  if (type === undefined) return undefined;
  const isFatal = head.startsWith('/') || head.startsWith('file:') || head.startsWith('Uncaught ');
  return { type, message, caller: NODE_FRAME.exec(text)?.[1] ?? '', isFatal };
}
