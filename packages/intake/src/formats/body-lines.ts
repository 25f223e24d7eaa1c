/** The lines of a request body: text or JSON lines, or one JSON document that is a record or a list of them. */
import { LineDecoder, Utf8Transcoder } from '../text-encoding.ts';
import { jsonText, parseJson } from './json-text.ts';

export function* bodyLines(bytes: Uint8Array): Generator<string> {
  const text = textOf(bytes);
  const document = documentOf(text);
  if (Array.isArray(document)) {
    const elements: readonly unknown[] = document;
    for (const element of elements) yield typeof element === 'string' ? element : jsonText(element);
    return;
  }
  if (document === undefined) yield* textLines(text);
  else yield text;
}

// Without a byte order mark.
function textOf(bytes: Uint8Array): string {
  const transcoder = new Utf8Transcoder();
  const whole = Buffer.concat([transcoder.push(bytes), transcoder.finish()]);
  const text = new LineDecoder().text(whole);
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Without their line ends, LF or CR LF. */
export function* textLines(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    const hasReturn = end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN;
    yield text.slice(start, hasReturn ? end - 1 : end);
    start = end + 1;
  }
}

const CARRIAGE_RETURN = 0x0d;
// A list, or an object that does not end on its first line. What does is the first of many lines.
const DOCUMENT = /^\s*(?:\[\s*[{"\]]|\{\s*\n)/;

function documentOf(text: string): unknown {
  if (!DOCUMENT.test(text)) return undefined;
  return parseJson(text);
}
