-- Two tables; the semicolons in here; and in 'strings' end nothing.
CREATE TABLE things
(
    Id UInt64,
    Name String DEFAULT 'a;b''c' COMMENT 'one; two -- three'
)
ENGINE = MergeTree
ORDER BY Id;

/* A comment; between. */
CREATE TABLE more_things (Id UInt64) ENGINE = MergeTree ORDER BY Id;
