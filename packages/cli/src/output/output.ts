/**
 * A stream that a command writes to: knows whether a person looks at it, how wide it is and whether it
 * may be coloured. Waits when the reader is slow; a reader that has gone ends the command quietly.
 */
import { once } from 'node:events';
import { styleText } from 'node:util';
import type { Writable } from 'node:stream';

export type Style =
  | 'bold'
  | 'dim'
  | 'red'
  | 'yellow'
  | 'blue'
  | 'gray'
  | 'magenta'
  | 'green'
  | 'cyan'
  | 'underline';

export interface Output {
  readonly isTerminal: boolean;
  /** Infinity when nobody looks. */
  readonly width: number;
  /** Lines of the screen. */
  readonly height: number;
  /** The text with a style, or as it is where colours are not wanted. */
  style(style: Style, text: string): string;
  write(text: string | Uint8Array): Promise<void>;
  line(text?: string): Promise<void>;
}

/** A stream of the process. */
export interface TerminalStream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface OutputOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly noColor: boolean;
}

export function createOutput(stream: TerminalStream, options: OutputOptions): Output {
  const isTerminal = stream.isTTY === true;
  const isColoured = isTerminal && wantsColour(options);
  const write = async (text: string | Uint8Array): Promise<void> => {
    if (stream.destroyed || stream.write(text)) return;
    // Whatever happens first: room again, or the reader has gone. The other is waited for no longer.
    const over = new AbortController();
    const { signal } = over;
    const waits = [once(stream, 'drain', { signal }), once(stream, 'close', { signal })];
    await Promise.race(waits).catch(() => undefined);
    over.abort();
  };
  return {
    isTerminal,
    get width() {
      return isTerminal ? (stream.columns ?? 80) : Infinity;
    },
    get height() {
      return isTerminal ? (stream.rows ?? 24) : Infinity;
    },
    style: (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text),
    write,
    line: async (text = '') => write(`${text}\n`),
  };
}

function wantsColour({ environment, noColor }: OutputOptions): boolean {
  return !noColor && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}
