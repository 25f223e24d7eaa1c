/** A whole query: conditions, then pipes. */
import { DEFAULT_LIMITS } from '@tendril/model/limits';

import type { QueryNode } from './ast.ts';
import {
  type ParseLimits,
  parseCondition,
  parseSource,
  startParser,
  type Parser,
} from './parse.ts';
import { refusePipe } from './parse-mistakes.ts';
import { type Notes, PipeReader, emptyNotes } from './pipe-reader.ts';
import type { PipeNode } from './pipes/pipe.ts';
import { PIPES, pipeNamed } from './pipes/registry.ts';
import { printQuery } from './print.ts';
import { QueryFailure } from './query-failure.ts';
import { isAtEnd } from './scan.ts';

export interface Pipeline {
  readonly source: QueryNode;
  readonly pipes: readonly PipeNode[];
}

/** More than a person can follow. */
export const PIPES_MAX = 32;

const NAMES: readonly string[] = PIPES.map(({ name }) => name);

/** Throws a QueryFailure. */
export function parsePipeline(text: string, limits: ParseLimits = DEFAULT_LIMITS): Pipeline {
  const parser = startParser(text, limits);
  const source = parseSource(parser);
  return { source, pipes: parsePipes(parser, emptyNotes()) };
}

/** From a `|` to the end of the text. */
function parsePipes(parser: Parser, notes: Notes): readonly PipeNode[] {
  const reader = new PipeReader({
    scanner: parser,
    notes,
    parseFilter: () => parseCondition(parser),
  });
  const pipes: PipeNode[] = [];
  while (!isAtEnd(parser)) {
    if (!reader.symbol('|')) throw reader.refused('“|” or the end', ['|', 'the end']);
    if (pipes.length === PIPES_MAX) throw tooManyPipes(parser.at);
    pipes.push(readPipe(reader, parser));
    reader.place();
  }
  return pipes;
}

/** Of pipes that need not be finished, from a `|` on: what was asked for and taken as far as they are right. */
export function notesOfPipes(text: string, start: number): Notes {
  const notes = emptyNotes();
  const parser: Parser = { text, at: start, depth: 0, clauseCount: 0, limits: DEFAULT_LIMITS };
  try {
    parsePipes(parser, notes);
  } catch (error) {
    if (!(error instanceof QueryFailure)) throw error;
  }
  return notes;
}

function readPipe(reader: PipeReader, parser: Parser): PipeNode {
  const at = reader.place();
  const name = reader.word('pipe', NAMES);
  const pipe = name && pipeNamed(name.text);
  if (!pipe) return refusePipe({ text: parser.text, at }, NAMES);
  return pipe.read(reader, at);
}

function tooManyPipes(at: number): QueryFailure {
  return new QueryFailure({
    code: 'query_too_many_clauses',
    detail: `the query has more than ${PIPES_MAX} pipes`,
    position: { start: at - 1, end: at },
    params: { clausesMax: PIPES_MAX },
  });
}

/** The one spelling of a query. */
export function printPipeline({ source, pipes }: Pipeline): string {
  return [printQuery(source), ...pipes.map((pipe) => pipe.print())].join(' | ');
}
