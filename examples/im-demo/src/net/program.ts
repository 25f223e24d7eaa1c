/** Other programs of this machine, which end with whoever started them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

export interface Program {
  readonly output: Readable;
  readonly ended: Promise<void>;
  readonly stop: () => void;
}

/** Undefined where there is no such program. */
export type RunProgram = (
  command: string,
  parameters: readonly string[],
) => Promise<Program | undefined>;

/**
 * Of util-linux: the kernel ends the program when the thread that started it is gone, however that came
 * about. A thread that is terminated runs no code any more that could.
 */
const WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL', '--'] as const;

export const runProgram: RunProgram = async (command, parameters) => {
  const [first, ...others] = WITH_PARENT;
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  const child = spawn(first, [...others, command, ...parameters], { stdio: [...stdio] });
  const ended = Promise.withResolvers<void>();
  child.once('exit', () => ended.resolve());
  try {
    await once(child, 'spawn');
  } catch {
    return undefined;
  }
  return { output: child.stdout, ended: ended.promise, stop: () => child.kill('SIGKILL') };
};
