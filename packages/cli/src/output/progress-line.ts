/** One line that is drawn over on a terminal while something goes on; nothing elsewhere. */
import type { Output } from './output.ts';
import { fit } from './width.ts';

const DRAW_EVERY_MS = 200;
const CLEAR_LINE = '\r\u001b[K';

export interface ProgressLineOptions {
  readonly stderr: Output;
  readonly nowMs: () => number;
}

export class ProgressLine {
  private readonly options: ProgressLineOptions;
  private drawnMs = Number.NEGATIVE_INFINITY;
  private isDrawn = false;

  constructor(options: ProgressLineOptions) {
    this.options = options;
  }

  /** At most a few times a second; the text is made when it is drawn. */
  async draw(text: () => string): Promise<void> {
    const { nowMs, stderr } = this.options;
    if (!stderr.isTerminal || nowMs() - this.drawnMs < DRAW_EVERY_MS) return;
    this.drawnMs = nowMs();
    this.isDrawn = true;
    await stderr.write(CLEAR_LINE + fit(text(), stderr.width - 1));
  }

  /** Takes the line away. */
  async clear(): Promise<void> {
    if (this.isDrawn) await this.options.stderr.write(CLEAR_LINE);
    this.isDrawn = false;
  }
}
