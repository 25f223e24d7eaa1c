/**
 * The longest plain text that whatever a regular expression matches must contain, folded to lower case;
 * undefined when there is none that could be relied on. An index can look for it before the expression
 * runs. Anything but plain characters, classes, groups and repetitions makes this give up: being
 * wrong would lose records.
 */
import { fold } from './words.ts';

/** Shorter text is in too many records to be worth looking for. */
const LENGTH_MIN = 3;

export function requiredText(source: string): string | undefined {
  // Flags change what letters mean, alternatives make everything optional.
  if (/\(\?|\||\\[QEpPC]/.test(source)) return undefined;
  const runs: string[] = [''];
  let at = 0;
  let depth = 0;
  while (at < source.length) {
    const atom = ATOM.exec(source.slice(at))?.[0] ?? '';
    if (atom === '') return undefined;
    const repeat = REPEAT.exec(source.slice(at + atom.length))?.[0] ?? '';
    at += atom.length + repeat.length;
    if (atom === '(') depth += 1;
    else if (atom === ')') depth -= 1;
    const plain = depth === 0 && repeat === '' ? PLAIN.exec(atom) : null;
    const text = plain?.[1] ?? plain?.[2];
    if (text === undefined) runs.push('');
    else runs.push((runs.pop() ?? '') + text);
  }
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best));
  return longest.length >= LENGTH_MIN ? fold(longest, 'ascii') : undefined;
}

// A class ends at the first bracket that is neither escaped nor first in it; named classes have brackets.
const ATOM = /^(?:\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\[])*\]|\\[\s\S]|[\s\S])/u;
const REPEAT = /^(?:[*+?]|\{\d+(?:,\d*)?\})+\??/;
// A character that stands for itself: not `\\d`, and an escaped one only if it is punctuation.
const PLAIN = /^(?:([^\\[\](){}.*+?^$|])|\\([!-/:-@[-`{-~]))$/u;
