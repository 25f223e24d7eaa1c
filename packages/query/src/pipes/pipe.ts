/**
 * How a pipe is defined: once, with its words, for the parser, completion, highlighting and the
 * reference page.
 */
import type { Position } from '../ast.ts';
import { isPlainName, type Name, type PipeReader } from '../pipe-reader.ts';
import { quoteText } from '../print.ts';
import { QueryFailure } from '../query-failure.ts';
import type { PipeContext, Stage } from './stage.ts';

/** A sentence in both languages. */
export interface Bilingual {
  readonly en: string;
  readonly zh: string;
}

export interface PipeExample {
  /** A whole query. */
  readonly query: string;
  readonly says: Bilingual;
}

/** A pipe with its arguments read. */
export interface PipeNode extends Position {
  readonly name: string;
  /** As the language spells it, without the `|`. */
  readonly print: () => string;
  /** Throws a QueryFailure. */
  readonly apply: (stage: Stage, context: PipeContext) => Stage;
}

export interface PipeDefinition {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Arguments in the notation of the reference page. */
  readonly syntax: string;
  readonly summary: Bilingual;
  /** Paragraphs. */
  readonly details: readonly Bilingual[];
  readonly examples: readonly PipeExample[];
  readonly read: (reader: PipeReader, start: number) => PipeNode;
}

interface PipeParts<Arguments> extends Omit<PipeDefinition, 'read' | 'aliases'> {
  readonly aliases?: readonly string[];
  readonly readArguments: (reader: PipeReader) => Arguments;
  readonly print: (given: Arguments) => string;
  /** `at` is where the pipe stands. */
  readonly apply: (
    stage: Stage,
    given: Arguments & { readonly at: Position },
    context: PipeContext,
  ) => Stage;
}

export function definePipe<Arguments extends object>(parts: PipeParts<Arguments>): PipeDefinition {
  const { readArguments, print, apply, aliases = [], ...texts } = parts;
  return {
    ...texts,
    aliases,
    read: (reader, start) => {
      const given = readArguments(reader);
      const at = { start, end: reader.place() };
      return {
        ...at,
        name: parts.name,
        print: () => `${parts.name} ${print(given)}`.trimEnd(),
        apply: (stage, context) => {
          refuseAfterAround(stage, parts.name, at);
          return apply(stage, { ...given, at }, context);
        },
      };
    },
  };
}

// What surrounds records is read record by record, so nothing can be computed of it.
function refuseAfterAround(stage: Stage, name: string, at: Position): void {
  if (stage.kind !== 'records' || !stage.around) return;
  throw new QueryFailure({
    code: 'query_pipe_unfit',
    detail: `“${name}” cannot follow “around”, which must be the last pipe`,
    position: at,
    hint: `move “around” to the end`,
    params: { pipe: name },
  });
}

export function printName({ pieces, text }: Pick<Name, 'pieces' | 'text'>): string {
  if (pieces.length > 1) return text;
  const [only = ''] = pieces;
  return isPlainName(only) ? only : quoteText(only);
}

export function printNames(names: readonly Name[]): string {
  return names.map(printName).join(', ');
}
