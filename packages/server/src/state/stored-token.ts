/** An access token as it is kept: the hash instead of the secret. */
import type { Scope } from '@tendril/api/scope';

export interface StoredToken {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the secret in hex: enough, since the secret is 256 random bits. */
  readonly hash: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | undefined;
  readonly revokedAtMs: number | undefined;
}

/** Created tokens only ever change by being revoked, so two copies are merged without a clock. */
export function mergeTokens(
  ...copies: readonly Iterable<StoredToken>[]
): ReadonlyMap<string, StoredToken> {
  const merged = new Map<string, StoredToken>();
  for (const copy of copies) {
    for (const token of copy) {
      const known = merged.get(token.id);
      if (known?.revokedAtMs === undefined) merged.set(token.id, token);
    }
  }
  return merged;
}
