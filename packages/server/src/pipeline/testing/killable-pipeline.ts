/** The parent's side of a pipeline in a process that can be killed. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { SourceAccount } from '../pipeline.ts';
import type { MemoryEngine } from './memory-engine.ts';

export type ToServer =
  | { readonly kind: 'send'; readonly requestId: string; readonly texts: readonly string[] }
  | { readonly kind: 'hold' }
  | { readonly kind: 'inserted'; readonly number: number }
  | { readonly kind: 'flush' };

export type FromServer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'acknowledged'; readonly requestId: string; readonly duplicate: boolean }
  | { readonly kind: 'held' }
  | {
      readonly kind: 'insert';
      readonly number: number;
      readonly table: string;
      readonly token: string;
      readonly content: string;
    }
  | { readonly kind: 'flushed'; readonly accounts: readonly SourceAccount[] };

export class KillablePipeline {
  readonly #child: ChildProcess;
  readonly #engine: MemoryEngine;
  /** Called for each message that is not about inserts. */
  onMessage: (message: FromServer) => void = () => undefined;
  #isDead = false;

  private constructor(child: ChildProcess, engine: MemoryEngine) {
    this.#child = child;
    this.#engine = engine;
    child.on('message', (message: FromServer) => void this.#receive(message));
  }

  static async start(dataDir: string, engine: MemoryEngine): Promise<KillablePipeline> {
    const child = fork(new URL('killable-server.ts', import.meta.url), [dataDir], {
      execArgv: ['--conditions=source'],
    });
    const pipeline = new KillablePipeline(child, engine);
    await pipeline.next('ready');
    return pipeline;
  }

  tell(message: ToServer): void {
    if (!this.#isDead) this.#child.send(message);
  }

  /** The next message of this kind. */
  async next<Kind extends FromServer['kind']>(
    kind: Kind,
  ): Promise<Extract<FromServer, { kind: Kind }>> {
    for (;;) {
      const [message] = (await once(this.#child, 'message')) as [FromServer];
      if (message.kind === kind) return message as Extract<FromServer, { kind: Kind }>;
    }
  }

  async kill(): Promise<void> {
    this.#isDead = true;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }

  // An insert that the dead process had sent arrives all the same, as with a real engine.
  async #receive(message: FromServer): Promise<void> {
    if (message.kind !== 'insert') {
      this.onMessage(message);
      return;
    }
    const { content, number, table, token } = message;
    await this.#engine.insertNative({ table, token, blocks: [Buffer.from(content)] });
    this.tell({ kind: 'inserted', number });
  }
}
