/**
 * Regular expressions of packs. Those that come with Tendril run in V8; a test holds them to linear time. A
 * user's run in an engine that is linear whatever they say. Both take the same syntax, RE2's, with
 * the dot taking line ends too, since records may have several lines.
 */
import { RE2JS } from 're2js';

/** Captured texts by name; undefined where the capture took no part. */
export type Captures = Readonly<Record<string, string | undefined>>;

export interface Expression {
  /** Names of the captures. */
  readonly names: readonly string[];
  /** Undefined when the text does not match. */
  captures(text: string): Captures | undefined;
  test(text: string): boolean;
}

/** Whose expression it is. */
export type Origin = 'shipped' | 'user';

/** RE2 refuses programs beyond its memory bound; text of this length stays far below. */
export const EXPRESSION_LENGTH_MAX = 4_000;

export type CompiledExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly reason: string };

export function compileExpression(source: string, origin: Origin): CompiledExpression {
  if (source.length > EXPRESSION_LENGTH_MAX) {
    const reason = `it has ${source.length} characters, the limit is ${EXPRESSION_LENGTH_MAX}`;
    return { ok: false, reason };
  }
  try {
    const expression = origin === 'shipped' ? ofV8(source) : ofRe2(source);
    return { ok: true, expression };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

const NAMED = /\(\?<([A-Za-z]\w*)>/g;

function ofV8(source: string): Expression {
  const regex = new RegExp(source, 's');
  return {
    names: [...source.matchAll(NAMED)].map(([, name = '']) => name),
    captures(text) {
      const match = regex.exec(text);
      return match ? (match.groups ?? {}) : undefined;
    },
    test: (text) => regex.test(text),
  };
}

function ofRe2(source: string): Expression {
  const regex = RE2JS.compile(source, RE2JS.DOTALL);
  const names = Object.keys(regex.namedGroups());
  return {
    names,
    captures(text) {
      const matcher = regex.matcher(text);
      if (!matcher.find()) return undefined;
      return Object.fromEntries(names.map((name) => [name, matcher.group(name) ?? undefined]));
    },
    test: (text) => regex.matcher(text).find(),
  };
}
