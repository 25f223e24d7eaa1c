/** An engine for tests: keeps rows, drops what it has by token, and fails as it is told to. */
import { Failure } from '@tendril/model/failure';
import type { InsertNative } from '../../engine/engine.ts';
import type { InsertTarget } from '../feed/inserter.ts';
import type { StoredLine } from './text-batch.ts';

export class MemoryEngine implements InsertTarget {
  isAway = false;
  /** Called before each insert; may wait or throw. */
  beforeInsert: (insert: InsertNative) => Promise<void> = async () => undefined;
  /** After the rows are stored: the answer gets lost when it throws. */
  afterInsert: (insert: InsertNative) => Promise<void> = async () => undefined;
  /** Text that makes an insert be refused for good. */
  refused: string | undefined;
  readonly inserts: { readonly table: string; readonly rows: number; readonly token: string }[] =
    [];
  readonly #tokens = new Map<string, string>();
  readonly #tables = new Map<string, string[]>();

  async insertNative(insert: InsertNative): Promise<void> {
    insert.signal?.throwIfAborted();
    await this.beforeInsert(insert);
    insert.signal?.throwIfAborted();
    if (this.isAway) throw new Failure({ code: 'engine_away', detail: 'the engine is away' });
    const content = Buffer.concat(insert.blocks).toString();
    if (this.refused !== undefined && content.includes(this.refused)) {
      throw new Failure({ code: 'insert_refused', detail: `cannot read ${this.refused}` });
    }
    this.#store(insert, content);
    await this.afterInsert(insert);
  }

  rows(table: string): readonly string[] {
    return this.#tables.get(table) ?? [];
  }

  /** Texts of the stored records, in the order of their arrival. */
  texts(): readonly string[] {
    return this.lines().map(([, text]) => text);
  }

  lines(): readonly StoredLine[] {
    return this.rows('logs').map((line) => JSON.parse(line) as StoredLine);
  }

  #store({ table, token }: InsertNative, content: string): void {
    const known = this.#tokens.get(token);
    if (known !== undefined) {
      // What the token is for: another content under the same token would be lost.
      if (known !== content) throw new Error(`token ${token} came with another content`);
      return;
    }
    this.#tokens.set(token, content);
    const rows = content.split('\n').slice(0, -1);
    this.inserts.push({ table, rows: rows.length, token });
    this.#tables.set(table, [...this.rows(table), ...rows]);
  }
}
