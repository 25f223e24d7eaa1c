/**
 * Writes into a pack's file what its examples give: for examples that have a line and nothing else, so that
 * nobody types it. The rest of the file stays as it is, to the byte.
 */
import { isMap, isScalar, isSeq, parseDocument, stringify, type YAMLMap } from 'yaml';
import type { FormatExample } from './format-spec.ts';

interface Insertion {
  readonly offset: number;
  readonly text: string;
}

/** `exampleOf` gives what a format's line gives; undefined when the format does not know it. */
export function filledExamples(
  text: string,
  exampleOf: (format: string, line: string) => FormatExample | undefined,
): { readonly text: string; readonly count: number } {
  const insertions = bareExamples(text).flatMap(({ format, line, node, indent }) => {
    const filled = exampleOf(format, line);
    return filled ? [insertionAfter(text, node, { indent, filled })] : [];
  });
  let result = text;
  for (const { offset, text: added } of insertions.toReversed()) {
    result = result.slice(0, offset) + added + result.slice(offset);
  }
  return { text: result, count: insertions.length };
}

interface BareExample {
  readonly format: string;
  readonly line: string;
  readonly node: YAMLMap;
  readonly indent: number;
}

function bareExamples(text: string): readonly BareExample[] {
  const { contents } = parseDocument(text);
  if (!isSeq(contents)) return [];
  return contents.items.flatMap((format) => {
    if (!isMap(format)) return [];
    const id = format.get('id');
    const examples = format.get('examples');
    if (typeof id !== 'string' || !isSeq(examples)) return [];
    return examples.items.flatMap((node) => {
      if (!isMap(node)) return [];
      const line = node.get('line');
      if (node.items.length !== 1 || node.flow === true || typeof line !== 'string') return [];
      return [{ format: id, line, node, indent: columnOf(text, node) }];
    });
  });
}

function columnOf(text: string, { range }: YAMLMap): number {
  const start = range?.[0] ?? 0;
  return start - (text.lastIndexOf('\n', start - 1) + 1);
}

function insertionAfter(
  text: string,
  node: YAMLMap,
  { indent, filled }: { readonly indent: number; readonly filled: FormatExample },
): Insertion {
  const { line: _line, ...given } = filled;
  const lines = stringify(given, { lineWidth: 0 }).trimEnd().split('\n');
  const value = node.items[0]?.value;
  const end = isScalar(value) ? (value.range?.[1] ?? 0) : 0;
  // A block scalar ends behind its line end, all else before it.
  const isBehind = text[end - 1] === '\n';
  const block = lines.map((each) => `${' '.repeat(indent)}${each}`).join('\n');
  return { offset: end, text: isBehind ? `${block}\n` : `\n${block}` };
}
