/**
 * All tokens of this server in memory: from the tokens file, from the mirror in the data directory,
 * and from the database, which several servers may share. The mirror is written first, so that a
 * token created or revoked while the engine is away counts at once; the database follows.
 */
import { stat } from 'node:fs/promises';
import type { Scope } from '@tendril/api/scope';
import { Failure, messageOf } from '@tendril/model/failure';
import { mergeTokens, type StoredToken } from '../state/stored-token.ts';
import type { TokenMirror } from '../state/token-mirror.ts';
import type { TokenTable } from '../state/token-table.ts';
import { hashSecret, newSecret, newTokenId, sameText } from './token-secret.ts';
import { readTokensFile } from './tokens-file.ts';

/** Each request compares with all of them, and nobody keeps an overview of more. */
export const TOKENS_MAX = 1_000;
/** A token revoked on another server stops here within this time. */
const SYNC_INTERVAL_MS = 800;

export interface TokenRegistryOptions {
  readonly mirror: TokenMirror;
  readonly table: TokenTable;
  readonly tokensFile?: string;
  /** Other servers write to the same database. */
  readonly isShared: boolean;
  readonly nowMs: () => number;
  readonly warn: (message: string) => void;
}

export interface NewToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAtMs?: number;
}

export class TokenRegistry {
  private readonly options: TokenRegistryOptions;
  private kept: ReadonlyMap<string, StoredToken> = new Map();
  private fromFile: readonly StoredToken[] = [];
  private readonly own: StoredToken[] = [];
  private fileChange = '';
  /** By id: what the database may not have yet. */
  private readonly unsynced: Map<string, StoredToken> = new Map();
  /** False until the database was read once: it may know tokens that the mirror does not. */
  private wasRead = false;
  private isSyncing = false;
  private timer: NodeJS.Timeout | undefined;
  private warned = '';

  private constructor(options: TokenRegistryOptions) {
    this.options = options;
  }

  /** Reads mirror and tokens file. Throws when one of them is unreadable: better closed than open. */
  static async open(options: TokenRegistryOptions): Promise<TokenRegistry> {
    const registry = new TokenRegistry(options);
    registry.kept = mergeTokens(await options.mirror.read());
    for (const [id, token] of registry.kept) registry.unsynced.set(id, token);
    await registry.readFile();
    return registry;
  }

  /** Keeps in step with database and tokens file until `close`. */
  start(): void {
    this.timer ??= setInterval(() => {
      this.sync().catch((error: unknown) => this.warnOnce(messageOf(error)));
    }, SYNC_INTERVAL_MS).unref();
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** True once there is a token that was not revoked; one that has expired still counts. */
  get configured(): boolean {
    return this.fromFile.length > 0 || this.list().length > 0;
  }

  /** Those not revoked. */
  list(): readonly StoredToken[] {
    const kept = [...this.kept.values()].filter(({ revokedAtMs }) => revokedAtMs === undefined);
    return [...this.fromFile, ...kept];
  }

  /** A token of this process alone, which no list shows and nothing stores. */
  createOwn(name: string, scopes: readonly Scope[]): string {
    const secret = newSecret();
    this.own.push({
      id: newTokenId(),
      name,
      scopes,
      hash: hashSecret(secret),
      createdAtMs: this.options.nowMs(),
      expiresAtMs: undefined,
      revokedAtMs: undefined,
    });
    return secret;
  }

  /** The valid token of a secret. */
  find(secret: string): StoredToken | undefined {
    const hash = hashSecret(secret);
    let found: StoredToken | undefined;
    // All are compared, so that the time tells nothing about which one it was.
    for (const token of [...this.list(), ...this.own]) {
      if (sameText(token.hash, hash)) found = token;
    }
    return found !== undefined && this.isValid(found) ? found : undefined;
  }

  /** The valid token of an id. */
  get(id: string): StoredToken | undefined {
    const token = this.fromFile.find((known) => known.id === id) ?? this.kept.get(id);
    return token !== undefined && this.isValid(token) ? token : undefined;
  }

  async create({ name, scopes, expiresAtMs }: NewToken): Promise<StoredToken & { secret: string }> {
    if (this.list().length >= TOKENS_MAX) {
      throw new Failure({
        code: 'too_many_tokens',
        detail: `there are ${TOKENS_MAX} tokens already; revoke those that nobody uses`,
        params: { tokensMax: TOKENS_MAX },
      });
    }
    const secret = newSecret();
    const token: StoredToken = {
      id: newTokenId(),
      name,
      scopes: [...new Set(scopes)],
      hash: hashSecret(secret),
      createdAtMs: this.options.nowMs(),
      expiresAtMs,
      revokedAtMs: undefined,
    };
    await this.keep(token);
    return { ...token, secret };
  }

  /** Effective here before it returns, elsewhere within a second. */
  async revoke(id: string): Promise<void> {
    if (this.fromFile.some((token) => token.id === id)) {
      throw new Failure({
        code: 'token_of_file',
        detail: `token ${id} comes from the tokens file; remove its line there`,
        params: { id },
      });
    }
    const token = this.kept.get(id);
    if (token === undefined || token.revokedAtMs !== undefined) {
      throw new Failure({ code: 'not_found', detail: `there is no token ${id}`, params: { id } });
    }
    await this.keep({ ...token, revokedAtMs: this.options.nowMs() });
  }

  /** Exchanges what changed with the database and reads the tokens file again if it changed. */
  async sync(): Promise<void> {
    if (this.isSyncing) return;
    this.isSyncing = true;
    try {
      await this.readFileIfChanged();
      if (this.options.isShared || !this.wasRead || this.unsynced.size > 0) await this.exchange();
      this.warned = '';
    } finally {
      this.isSyncing = false;
    }
  }

  private async exchange(): Promise<void> {
    const stored = mergeTokens(await this.options.table.read());
    const merged = mergeTokens(this.kept.values(), stored.values());
    const changed = differs(merged, this.kept);
    this.kept = merged;
    if (changed) await this.saveMirror();
    this.wasRead = true;
    const pending = [...this.unsynced.values()];
    const missing = pending.filter((token) => !sameState(stored.get(token.id), token));
    if (missing.length > 0) await this.options.table.write(missing);
    for (const token of pending) this.settle(token);
  }

  // Revoked in the meantime, it waits for the next time.
  private settle(token: StoredToken): void {
    if (this.unsynced.get(token.id) === token) this.unsynced.delete(token.id);
  }

  private async keep(token: StoredToken): Promise<void> {
    this.kept = mergeTokens(this.kept.values(), [token]);
    try {
      await this.saveMirror();
    } catch (error) {
      // A token that nobody was told of is not kept; one that was revoked stays revoked.
      if (token.revokedAtMs === undefined) this.forget(token.id);
      throw error;
    }
    this.unsynced.set(token.id, token);
    try {
      await this.options.table.write([token]);
      this.settle(token);
    } catch (error) {
      // The mirror has it; the next sync brings it to the database.
      this.warnOnce(messageOf(error));
    }
  }

  private forget(id: string): void {
    const rest = new Map(this.kept);
    rest.delete(id);
    this.kept = rest;
  }

  // Whoever writes last writes what is kept by then, so that no write undoes another.
  private async saveMirror(): Promise<void> {
    await this.options.mirror.write(this.kept.values());
  }

  private async readFileIfChanged(): Promise<void> {
    const { tokensFile } = this.options;
    if (tokensFile === undefined) return;
    const change = await changeOf(tokensFile);
    if (change === this.fileChange) return;
    try {
      await this.readFile();
    } catch (error) {
      // Half-written or gone: what was read before stays valid until the file is readable again.
      this.warnOnce(messageOf(error));
    }
  }

  private async readFile(): Promise<void> {
    const { tokensFile } = this.options;
    if (tokensFile === undefined) return;
    const change = await changeOf(tokensFile);
    this.fromFile = await readTokensFile(tokensFile);
    this.fileChange = change;
  }

  private isValid({ expiresAtMs, revokedAtMs }: StoredToken): boolean {
    if (revokedAtMs !== undefined) return false;
    return expiresAtMs === undefined || expiresAtMs > this.options.nowMs();
  }

  private warnOnce(message: string): void {
    if (message === this.warned) return;
    this.warned = message;
    this.options.warn(`access tokens are not in step with the database: ${message}`);
  }
}

async function changeOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? '' : `${found.mtimeMs} ${found.size} ${found.ino}`;
}

function differs(
  left: ReadonlyMap<string, StoredToken>,
  right: ReadonlyMap<string, StoredToken>,
): boolean {
  if (left.size !== right.size) return true;
  return [...left.values()].some((token) => !sameState(right.get(token.id), token));
}

function sameState(left: StoredToken | undefined, right: StoredToken): boolean {
  return left !== undefined && left.revokedAtMs === right.revokedAtMs;
}
