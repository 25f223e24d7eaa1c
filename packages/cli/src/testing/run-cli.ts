/** Runs a command line in this process, for tests: what it wrote, and its exit code. */
import { Writable } from 'node:stream';
import type { ExitCode } from '../exit.ts';
import { run } from '../run.ts';
import type { TerminalStream } from '../output/output.ts';

export interface CliRun {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Columns of a terminal; piped when absent. */
  readonly width?: number;
  readonly signal?: AbortSignal;
  /** Called with each piece of standard output. */
  readonly onOutput?: (text: string) => void;
}

export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const stdout = capture(options.width, options.onOutput);
  const stderr = capture(options.width);
  const code = await run({
    args,
    environment: options.environment ?? {},
    stdin: options.stdin ?? nothing(),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // No input.
}

function capture(
  width: number | undefined,
  onOutput?: (text: string) => void,
): { readonly stream: TerminalStream; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      onOutput?.(chunk.toString());
      done();
    },
  });
  const terminal =
    width === undefined ? stream : Object.assign(stream, { isTTY: true, columns: width });
  return { stream: terminal, text: () => Buffer.concat(chunks).toString() };
}
