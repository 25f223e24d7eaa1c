/**
 * Text beyond ASCII inside of words, which the text index cannot look for by itself: Chinese above all. All
 * such characters belong to words, so a run of them lies in one word; the words of the index's dictionary
 * that hold the run name exactly the bodies that do. Who has that dictionary can ask for the runs of a
 * query (`runsToLookUp`) and give the query their words (`withWords`); without, bodies are read.
 */
import type { Pieces } from './ast.ts';
import type { ResolvedQuery, TextTest } from './resolved.ts';
import { mapTests, testsOf } from './walk.ts';

/** A character alone is in too many words, and short texts in few bodies are found soon. */
const RUN = /[^\0-\u007f]{2,}/g;

/** What is to be looked up, each once. */
export function runsToLookUp(query: ResolvedQuery): readonly string[] {
  const runs = testsOf(query).flatMap((test) =>
    test.kind === 'text' && test.column === 'Body' ? runsOfTest(test.test) : [],
  );
  return [...new Set(runs)];
}

/** The query with the words that hold each run; runs that are not in the map stay as they are. */
export function withWords(
  query: ResolvedQuery,
  words: ReadonlyMap<string, readonly string[]>,
): ResolvedQuery {
  return mapTests(query, (test) =>
    test.kind === 'text' ? { ...test, test: testWithWords(test.test, words) } : test,
  );
}

function testWithWords(test: TextTest, words: ReadonlyMap<string, readonly string[]>): TextTest {
  if (test.kind !== 'contains') return test;
  const holding = words.get(longestRun(test.pieces) ?? '');
  return holding === undefined ? test : { ...test, words: holding };
}

function runsOfTest(test: TextTest): readonly string[] {
  if (test.kind !== 'contains' || test.folding !== 'ascii') return [];
  const run = longestRun(test.pieces);
  return run === undefined ? [] : [run];
}

function longestRun(pieces: Pieces): string | undefined {
  const runs = pieces.flatMap((piece) => piece.match(RUN) ?? []);
  const [first, ...more] = runs;
  return more.reduce((best, run) => (best && best.length >= run.length ? best : run), first);
}
