/**
 * What may be typed at a place in a query: whoever completes (editor, shell) looks up names and values
 * for it. Works on text that is not finished, so it follows the scanner rather than the parser and
 * says nothing where the text before is wrong.
 */
import type { RegexLiteral } from './ast.ts';
import { piecesText } from './ast.ts';
import type { KnownColumns } from './column.ts';
import type { Notes } from './pipe-reader.ts';
import { notesOfPipes, parsePipeline } from './pipeline.ts';
import { columnsOfPipeline } from './plan.ts';
import { QueryFailure } from './query-failure.ts';
import type { ScannedText, Scanner } from './scan.ts';
import {
  isAtEnd,
  keywordAt,
  operatorAt,
  scanQuoted,
  scanRegex,
  scanUnquoted,
  skipSpaces,
} from './scan.ts';

/** What stands between `start` and the cursor would be replaced. */
export interface Completion {
  readonly kind: 'field' | 'value' | 'keyword' | 'operator' | 'pipe' | 'function';
  readonly start: number;
  /** Typed so far, without quotes and escapes. */
  readonly prefix: string;
  /** For values and operators: the field's name as it was written. */
  readonly field?: string;
  /** For fields: it is an argument of a pipe, so no operator follows. */
  readonly isArgument?: true;
  /** For fields after pipes: columns that those made and whose names fit. */
  readonly columns?: readonly string[];
  /** With `columns`: nothing else can be named here. */
  readonly hasOnlyColumns?: true;
  /** For keywords, pipes and functions: those that fit. */
  readonly keywords?: readonly string[];
}

export function completionsAt(text: string, cursor: number): readonly Completion[] {
  return completionsFrom(text.slice(0, cursor), 0);
}

/** Of a condition that begins at `start` and may go on in pipes. */
function completionsFrom(text: string, start: number): readonly Completion[] {
  const walk: Walk = { text, at: start, listDepths: [], field: undefined };
  try {
    return expectOperand(walk);
  } catch (error) {
    // A quotation mark that is still open is being typed in.
    if (error instanceof QueryFailure) return insideQuotes(walk, error);
    throw error;
  }
}

interface Walk extends Scanner {
  /** For each open parenthesis whether it is a list of values of `field`. */
  readonly listDepths: boolean[];
  field: string | undefined;
}

/** A loop, not a recursion: the text may be long. */
function expectOperand(walk: Walk): readonly Completion[] {
  for (;;) {
    const found = walk.field === undefined ? takeOperand(walk) : takeValue(walk);
    if (found) return found;
    const after = takeConnector(walk);
    if (after) return after;
  }
}

/** Undefined when there was a whole operand and the text goes on. */
function takeOperand(walk: Walk): readonly Completion[] | undefined {
  skipOpenings(walk);
  if (isAtEnd(walk)) return [place('field', walk.at, ''), keywords(walk.at, '', ['not'])];
  if (walk.text[walk.at] === '|') return inPipes(walk);
  if (scanRegex(walk)) return undefined;
  const isQuoted = walk.text[walk.at] === '"';
  const name: ScannedText | undefined = isQuoted ? scanQuoted(walk) : scanUnquoted(walk, 'first');
  if (!name) return [];
  const { lastWordStart } = name;
  if (isAtEnd(walk)) return isQuoted ? [] : endOfWord(walk, name.start, lastWordStart);
  skipSpaces(walk);
  const operator = operatorAt(walk.text, walk.at);
  const written = piecesText(name.pieces);
  if (isAtEnd(walk)) {
    const isName = lastWordStart === name.start;
    const operators = isName ? [place('operator', walk.at, '', written)] : [];
    return [...operators, keywords(walk.at, '')];
  }
  if (operator === undefined) return undefined;
  walk.at += operator.length;
  walk.field = written;
  return takeValue(walk);
}

// `err`: a field that begins so, or a word to look for; `a an`: perhaps a keyword.
function endOfWord({ text }: Walk, start: number, wordStart: number): readonly Completion[] {
  const word = text.slice(wordStart);
  const field = place('field', wordStart, word);
  return wordStart > start ? [field, keywords(wordStart, word)] : [field];
}

function takeValue(walk: Walk): readonly Completion[] | undefined {
  skipOpenings(walk);
  const { at: start, field = '' } = walk;
  if (isAtEnd(walk)) return [place('value', start, '', field)];
  const regex = scanRegex(walk);
  const isQuoted = walk.text[start] === '"';
  const literal: RegexLiteral | ScannedText | undefined =
    regex ?? (isQuoted ? scanQuoted(walk) : scanUnquoted(walk, 'value'));
  if (!literal) return [];
  if (!isAtEnd(walk) || literal.kind === 'regex' || isQuoted) {
    endValue(walk);
    return undefined;
  }
  const value = place('value', start, piecesText(literal.pieces), field);
  const wordStart = literal.lastWordStart;
  return wordStart > start ? [value, keywords(wordStart, walk.text.slice(wordStart))] : [value];
}

// Within a list the field goes on to hold for the next value.
function endValue(walk: Walk): void {
  if (walk.listDepths.at(-1) !== true) walk.field = undefined;
}

function takeConnector(walk: Walk): readonly Completion[] | undefined {
  const before = walk.at;
  skipSpaces(walk);
  while (walk.text[walk.at] === ')') {
    walk.listDepths.pop();
    endValue(walk);
    walk.at += 1;
    skipSpaces(walk);
  }
  if (isAtEnd(walk)) return walk.at > before ? [keywords(walk.at, '')] : [];
  if (walk.text[walk.at] === '|') return inPipes(walk);
  const keyword = keywordAt(walk.text, walk.at);
  const rest = walk.text.slice(walk.at);
  if (keyword === undefined)
    return 'and'.startsWith(rest.toLowerCase()) || rest.toLowerCase() === 'o'
      ? [keywords(walk.at, rest)]
      : [];
  walk.at += keyword.length;
  return isAtEnd(walk) ? [keywords(walk.at - keyword.length, rest)] : undefined;
}

/** What may stand at the end of pipes is what their readers asked for there. */
function inPipes({ text, at }: Walk): readonly Completion[] {
  const notes = notesOfPipes(text, at);
  const filterStart = notes.filterStarts.at(-1) ?? -1;
  const isInFilter = notes.tokens.every((token) => token.start < filterStart);
  const made = columnsBefore(text, notes);
  if (filterStart >= 0 && isInFilter) {
    return completionsFrom(text, filterStart).map((each) => withColumns(each, made));
  }
  const start = text.length - (UNFINISHED_WORD.exec(text)?.[0].length ?? 0);
  const prefix = text.slice(start);
  const asked = notes.expectations.filter((expectation) => expectation.at === start);
  const kinds = [...new Set(asked.map(({ kind }) => kind))];
  return kinds
    .map((kind) => {
      const words = asked.flatMap((each) => (each.kind === kind ? each.words : []));
      if (kind !== 'field') return wordPlace(kind, start, prefix, words);
      return withColumns({ ...place('field', start, prefix), isArgument: true }, made);
    })
    .filter(({ keywords: words }) => words === undefined || words.length > 0);
}

/** Of the pipes before the last one; undefined when they are wrong or made none. */
function columnsBefore(text: string, { tokens }: Notes): KnownColumns | undefined {
  const bar = tokens.findLast(({ kind, start }) => kind === 'operator' && text[start] === '|');
  try {
    const made = columnsOfPipeline(parsePipeline(text.slice(0, bar?.start ?? 0)));
    return made.known.length > 0 ? made : undefined;
  } catch (error) {
    if (error instanceof QueryFailure) return undefined;
    throw error;
  }
}

function withColumns(completion: Completion, made: KnownColumns | undefined): Completion {
  if (completion.kind !== 'field' || !made) return completion;
  const prefix = completion.prefix.toLowerCase();
  const names = made.known.map(({ name }) => name);
  const columns = names.filter((name) => name.toLowerCase().startsWith(prefix));
  return { ...completion, columns, ...(made.isWhole && { hasOnlyColumns: true }) };
}

const UNFINISHED_WORD = /[\p{L}\p{N}_.@$-]+$/u;

function wordPlace(
  kind: 'pipe' | 'function' | 'keyword',
  start: number,
  prefix: string,
  words: readonly string[],
): Completion {
  const fitting = [...new Set(words)].filter((word) => word.startsWith(prefix.toLowerCase()));
  return { kind, start, prefix, keywords: fitting };
}

function skipOpenings(walk: Walk): void {
  for (;;) {
    skipSpaces(walk);
    const isNot = keywordAt(walk.text, walk.at) === 'not' && walk.at + 3 < walk.text.length;
    if (isNot) walk.at += 'not'.length;
    else if (walk.text[walk.at] === '(') {
      walk.listDepths.push(walk.field !== undefined);
      walk.at += 1;
    } else return;
  }
}

function insideQuotes(walk: Walk, failure: QueryFailure): readonly Completion[] {
  const { start } = failure.position;
  if (walk.text[start] !== '"' || walk.field === undefined) return [];
  const closed = scanQuoted({ text: `${walk.text.slice(start).replace(/\\$/, '')}"`, at: 0 });
  return [place('value', start, piecesText(closed.pieces), walk.field)];
}

function place(
  kind: Completion['kind'],
  start: number,
  prefix: string,
  field?: string,
): Completion {
  return { kind, start, prefix, ...(field !== undefined && { field }) };
}

function keywords(
  start: number,
  prefix: string,
  all: readonly string[] = ['and', 'or'],
): Completion {
  const fitting = all.filter((keyword) => keyword.startsWith(prefix.toLowerCase()));
  return { kind: 'keyword', start, prefix, keywords: fitting };
}
