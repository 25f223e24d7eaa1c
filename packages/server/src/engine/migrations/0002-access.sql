-- Access tokens, shared by all servers of a database. A server mirrors them in its data directory.

CREATE TABLE access_tokens
(
    Id String,
    Name String,
    Scopes Array(LowCardinality(String)),
    -- SHA-256 of the secret in hex; the secret is not stored.
    Hash String,
    CreatedAtMs Int64,
    -- 0: does not expire.
    ExpiresAtMs Int64,
    -- 0: not revoked.
    RevokedAtMs Int64,
    -- 1 created, 2 revoked: a revocation wins, whatever the clocks say.
    Version UInt8
)
ENGINE = ReplacingMergeTree(Version)
ORDER BY Id;
