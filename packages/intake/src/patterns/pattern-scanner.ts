/**
 * From a line to its pattern: PatternId and SkeletonId are hashes of two templates of the line. Both are
 * pure functions of the line, the same on every server, agent and restart.
 */
import { TextScratch, type ByteSource } from '@tendril/columns/byte-store';
import type { PatternText } from '@tendril/columns/pattern-catalog';
import { findValues } from './find-values.ts';
import { LineTokens } from './line-tokens.ts';
import { hashTokens, type IdWords } from './pattern-hash.ts';
import { splitLine } from './split-line.ts';
import { patternText, skeletonText, slotTexts } from './template.ts';

/** Not shared: the ids are those of the line scanned last. */
export class PatternScanner {
  readonly pattern: Readonly<IdWords>;
  readonly skeleton: Readonly<IdWords>;
  private readonly patternWords: IdWords = { low: 0, high: 0 };
  private readonly skeletonWords: IdWords = { low: 0, high: 0 };
  private readonly tokens: LineTokens = new LineTokens();
  private readonly scratch: TextScratch = new TextScratch();

  constructor() {
    this.pattern = this.patternWords;
    this.skeleton = this.skeletonWords;
  }

  /** Valid UTF-8. */
  scan(source: ByteSource, start: number, end: number): void {
    const { tokens } = this;
    splitLine(source.bytes, start, end, tokens);
    findValues(source.bytes, tokens);
    hashTokens(tokens, this.patternWords, this.skeletonWords);
  }

  scanText(text: string): void {
    const end = this.scratch.encode(text);
    this.scan(this.scratch.source, 0, end);
  }

  /** Sets the ids as well. */
  describe(text: string): PatternText {
    this.scanText(text);
    const { bytes } = this.scratch.source;
    return {
      template: patternText(bytes, this.tokens),
      skeleton: skeletonText(bytes, this.tokens),
      slots: slotTexts(bytes, this.tokens),
    };
  }
}
