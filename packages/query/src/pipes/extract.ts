/**
 * Values out of text. A pattern is text with `<name>` where a value stands; it becomes a regular
 * expression of the engine's RE2, which takes time in proportion to the text, whatever the pattern.
 */
import { integer, sql, string } from '@tendril/sql/sql';
import { RE2JS } from 're2js';

import type { Position } from '../ast.ts';
import { piecesText } from '../ast.ts';
import { regexTest } from '../check-value.ts';
import type { Cell } from '../column.ts';
import { regexForEngine } from '../lower-text.ts';
import { quoteText, printRegex } from '../print.ts';
import { QueryFailure } from '../query-failure.ts';
import type { Name } from '../pipe-reader.ts';
import { cellText } from './cell.ts';
import { definePipe, printName, type PipeDefinition } from './pipe.ts';
import { cellNamed, define, refuseLarge, unlimited, withColumn } from './stage.ts';
import type { Stage } from './stage.ts';

const PLACEHOLDERS_MAX = 32;

interface Pattern {
  readonly regex: string;
  /** Of the groups, in order; undefined where a value is passed over. */
  readonly names: readonly (string | undefined)[];
  readonly printed: string;
}

export const extract: PipeDefinition = definePipe({
  name: 'extract',
  aliases: ['parse'],
  syntax: '"TEXT <NAME> TEXT" | /REGEX/ [from FIELD]',
  summary: {
    en: 'Makes fields of parts of a text, of the message unless told.',
    zh: '把文本中的部分提取为字段，默认从消息中提取。',
  },
  details: [
    {
      en: 'A value reaches from the text before `<NAME>` to the next text after it, or to the end. `<_>` passes over a part. A regular expression names its groups: `(?P<name>…)`. Where the pattern does not fit the fields are empty.',
      zh: '值从 `<NAME>` 之前的文本一直到之后的下一段文本，或到末尾。`<_>` 跳过一段。正则表达式用 `(?P<name>…)` 给组命名。模式不匹配时字段为空。',
    },
  ],
  examples: [
    {
      query: 'body:"cost" | extract "cost: <ms>ms" | stats avg(ms) by service.name',
      says: { en: 'the average of a number in the message', zh: '消息中某个数字的平均值' },
    },
  ],
  readArguments: (reader) => {
    const pattern = readPattern();
    const from = reader.keyword('from') ? reader.field() : BODY;
    return { pattern, from };

    function readPattern(): Pattern {
      const quoted = reader.quoted();
      if (quoted) return textPattern(piecesText(quoted.pieces), quoted);
      const regex = reader.regex();
      if (!regex) throw reader.refused('a pattern in quotes', ['"pattern"', '/regex/']);
      regexTest(regex);
      return regexPattern(regex.source, regex);
    }
  },
  print: ({ pattern, from }) => `${pattern.printed} from ${printName(from)}`,
  apply: (before, { pattern, from, at }, context) => {
    const source = cellNamed(before, from, context);
    const groups: Cell = {
      sql: sql`extractGroups(${cellText(source)}, ${string(regexForEngine(pattern.regex))})`,
      type: 'texts',
      size: source.size + 1,
    };
    refuseLarge(groups, at);
    const start: { stage: Stage; cell: Cell } = define(unlimited(before), groups);
    return pattern.names.reduce((stage: Stage, name, index) => {
      if (name === undefined) return stage;
      const value: Cell = {
        sql: sql`${start.cell.sql}[${integer(index + 1)}]`,
        type: 'text',
        size: groups.size + 1,
      };
      const defined = define(stage, value);
      return withColumn(defined.stage, { name, cell: defined.cell });
    }, start.stage);
  },
});

const BODY: Name = { pieces: ['body'], text: 'body', start: 0, end: 0 };

const PLACEHOLDER = /<([^<>]*)>/g;

function textPattern(text: string, position: Position): Pattern {
  const names: (string | undefined)[] = [];
  let regex = '(?s)';
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const literal = text.slice(end, match.index);
    if (literal === '' && names.length > 0) throw touching(position);
    end = match.index + match[0].length;
    const name = (match[1] ?? '').trim();
    names.push(name === '' || name === '_' ? undefined : name);
    regex += RE2JS.quote(literal) + (end === text.length ? '(.*)' : '(.*?)');
  }
  if (names.every((name) => name === undefined)) throw noNames(position);
  refuseMany(names, position);
  return { regex: regex + RE2JS.quote(text.slice(end)), names, printed: quoteText(text) };
}

function regexPattern(source: string, position: Position): Pattern {
  const compiled = RE2JS.compile(source);
  const names: (string | undefined)[] = Array.from(
    { length: compiled.groupCount() },
    () => undefined,
  );
  for (const [name, index] of Object.entries(compiled.namedGroups())) names[index - 1] = name;
  if (names.every((name) => name === undefined)) throw noNames(position);
  refuseMany(names, position);
  return { regex: source, names, printed: printRegex(source) };
}

function refuseMany(names: readonly unknown[], position: Position): void {
  if (names.length <= PLACEHOLDERS_MAX) return;
  throw new QueryFailure({
    code: 'query_too_many_clauses',
    detail: `the pattern has more than ${PLACEHOLDERS_MAX} values`,
    position,
    params: { clausesMax: PLACEHOLDERS_MAX },
  });
}

function touching(position: Position): QueryFailure {
  return new QueryFailure({
    code: 'query_bad_value',
    detail: 'there is no text between two values of the pattern',
    position,
    hint: 'write what separates them, as in "<host>:<port>"',
  });
}

function noNames(position: Position): QueryFailure {
  return new QueryFailure({
    code: 'query_bad_value',
    detail: 'the pattern names no value',
    position,
    hint: 'write <name> where the value stands, or (?P<name>…) in a regular expression',
  });
}
