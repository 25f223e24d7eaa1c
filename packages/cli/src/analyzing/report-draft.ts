/** The report as far as it is known, drawn over itself on a terminal while logs are still read. */
import type { Output } from '../output/output.ts';

const FIRST_MS = 1_000;
const EVERY_MS = 2_000;
const CLEAR_BELOW = '\u001b[J';

export class ReportDraft {
  private readonly output: Output;
  private readonly print: (output: Output) => Promise<void>;
  private timer: NodeJS.Timeout | undefined;
  private drawing: Promise<void> = Promise.resolve();
  private drawnLines = 0;
  private isOver = false;

  constructor(output: Output, print: (output: Output) => Promise<void>) {
    this.output = output;
    this.print = print;
  }

  begin(): void {
    if (this.output.isTerminal) this.plan(FIRST_MS);
  }

  /** Takes what was drawn from the screen. */
  async end(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.timer);
    await this.drawing;
    await this.output.write(this.cleared());
  }

  private plan(ms: number): void {
    this.timer = setTimeout(() => {
      this.drawing = this.draw();
      void this.drawing.then(() => {
        if (!this.isOver) this.plan(EVERY_MS);
      });
    }, ms);
  }

  private async draw(): Promise<void> {
    const lines = await this.lines();
    const shown = lines.slice(0, this.output.height - 2);
    const cleared = this.cleared();
    this.drawnLines = shown.length;
    await this.output.write(`${cleared}${shown.map((line) => `${line}\n`).join('')}`);
  }

  private async lines(): Promise<readonly string[]> {
    const parts: string[] = [];
    const { output } = this;
    await this.print({
      isTerminal: true,
      width: output.width,
      height: output.height,
      style: (style, text) => output.style(style, text),
      write: async (text) => void parts.push(String(text)),
      line: async (text = '') => void parts.push(`${text}\n`),
    });
    return parts.join('').split('\n').slice(0, -1);
  }

  private cleared(): string {
    const { drawnLines } = this;
    this.drawnLines = 0;
    return drawnLines === 0 ? '' : `\u001b[${drawnLines}F${CLEAR_BELOW}`;
  }
}
