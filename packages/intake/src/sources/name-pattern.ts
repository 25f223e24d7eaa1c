/**
 * Names that people choose by a pattern: `openim-*` and `*wasm*` are globs over the whole name, everything
 * else is a regular expression found anywhere in it, in linear time, as stern has it.
 */
import { Failure, messageOf } from '@tendril/model/failure';
import { RE2JS } from 're2js';

export type NamePattern = (name: string) => boolean;

const GLOB = /^[\w.*?/-]*[*?][\w.*?/-]*$/;
/** `.*` and `-?` are written in expressions and not in globs. */
const EXPRESSION = /\.\*|\.\+|\.\?/;

/** Throws `Failure` `bad_name_pattern`. */
export function namePattern(text: string): NamePattern {
  const source = GLOB.test(text) && !EXPRESSION.test(text) ? `^${globSource(text)}$` : text;
  try {
    const expression = RE2JS.compile(source);
    return (name) => expression.matcher(name).find();
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Failure({
      code: 'bad_name_pattern',
      detail: `"${text}" is no pattern: ${reason}`,
      params: { pattern: text, reason },
      cause,
    });
  }
}

function globSource(text: string): string {
  return text.replaceAll(/[.*?]/g, (character) =>
    character === '.' ? String.raw`\.` : character === '*' ? '.*' : '.',
  );
}
