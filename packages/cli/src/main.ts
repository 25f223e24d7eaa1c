#!/usr/bin/env -S node --conditions=source
/** The executable: joins the process to `run`. */
import { processEnvironment } from '@tendril/config/environment';
import { EXIT } from './exit.ts';
import { run } from './run.ts';

const stopping = new AbortController();
let signals = 0;
let isPipeBroken = false;

// The first lets the command finish; the second ends it. In a container nobody else would act on SIGTERM: the first
// process has no usual reaction to it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    signals += 1;
    if (signals > 1) process.exit(EXIT.interrupted);
    stopping.abort();
  });
}

// `tendril search … | head`: the reader has what it wanted.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isPipeBroken = true;
    stopping.abort();
    if (stream === process.stdout) process.exitCode = EXIT.brokenPipe;
  });
}

const code = await run({
  args: process.argv.slice(2),
  environment: processEnvironment(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stopping.signal,
});
process.exitCode = isPipeBroken ? EXIT.brokenPipe : code;
// An input that nobody reads to its end would keep the process.
process.stdin.unref?.();
