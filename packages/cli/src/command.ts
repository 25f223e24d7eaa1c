/**
 * What a command is. Help, checks of flags and the reference are made from the same object, so that
 * they cannot differ.
 */
import type { Client } from '@tendril/api/client';
import type { MessageId, Messages } from '@tendril/messages/messages';
import type { ExitCode } from './exit.ts';
import type { Output } from './output/output.ts';

export interface Flag {
  readonly type: 'boolean' | 'string';
  /** Undefined for flags that are described by `doc`. */
  readonly summary?: MessageId;
  /** English sentence of a flag made from a configuration setting. */
  readonly doc?: string;
  /** What stands for the value in help: `N`, `TIME`. */
  readonly value?: string;
  readonly short?: string;
  readonly multiple?: boolean;
  readonly default?: string;
}

export type Flags = Readonly<Record<string, Flag>>;

export interface Example {
  /** Without the program's name. */
  readonly line: string;
  readonly summary: MessageId;
}

export interface Command {
  readonly name: string;
  readonly summary: MessageId;
  /** Without the program's name: `tail [QUERY] [--lines N]`. */
  readonly usage: string;
  readonly examples: readonly Example[];
  readonly flags: Flags;
  /** Flags that are known only when the command's part is loaded. */
  moreFlags?(): Promise<Flags>;
  run(invocation: Invocation): Promise<ExitCode>;
}

export type FlagValue = string | boolean | readonly string[] | undefined;
export type FlagValues = Readonly<Record<string, FlagValue>>;

/** Everything a command may touch. */
export interface Invocation {
  readonly positionals: readonly string[];
  readonly flags: FlagValues;
  /** Data. */
  readonly stdout: Output;
  /** Messages to people. */
  readonly stderr: Output;
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
  readonly messages: Messages;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborts on the first interrupt and when standard output is closed. */
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** Talks to the server that flags and environment name. */
  readonly api: Client;
  readonly serverUrl: string;
}
