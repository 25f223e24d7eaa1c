-- Patterns of log messages: what each looks like, how often it came, which of them are one.

-- The roll-up by pattern. As a projection it is written, deduplicated and dropped with the rows it
-- counts, so its sums are those of the table. A source that makes up a pattern per line costs it a row
-- per line, and nothing in memory.
ALTER TABLE logs ADD PROJECTION IF NOT EXISTS pattern_counts
(
    SELECT
        toStartOfMinute(Timestamp),
        SeverityNumber,
        ServiceName,
        Environment,
        SkeletonId,
        PatternId,
        count(),
        min(Timestamp),
        max(Timestamp)
    GROUP BY
        toStartOfMinute(Timestamp),
        SeverityNumber,
        ServiceName,
        Environment,
        SkeletonId,
        PatternId
);

-- What a pattern looks like, written by the server with the first batch that has it, and again from
-- time to time so that LastSeen (the server's clock, to the hour) stays useful. Both ids are pure
-- functions of the message. The writer bounds how many it tells of; the text of others is made from a
-- record that has them.
CREATE TABLE patterns
(
    PatternId UInt64,
    SkeletonId UInt64,
    -- The message with `<*>` for values, and with `<*>` for words in the place of a value as well.
    Template SimpleAggregateFunction(any, String),
    Skeleton SimpleAggregateFunction(any, String),
    -- What each `<*>` of Skeleton is in Template.
    Slots SimpleAggregateFunction(any, Array(String)),
    Example SimpleAggregateFunction(any, String),
    ServiceName SimpleAggregateFunction(any, String),
    SeverityNumber SimpleAggregateFunction(any, UInt8),
    FirstSeen SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
    LastSeen SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (PatternId, SkeletonId)
TTL LastSeen + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000;

-- What was learned: all patterns of the skeleton are one, known by GroupId. A skeleton that is opened has
-- its own id there; skeletons that are merged have the same.
CREATE TABLE pattern_alias
(
    SkeletonId UInt64,
    GroupId UInt64,
    LearnedAt DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(LearnedAt)
ORDER BY SkeletonId;

-- Who does a piece of background work. The newest holder of a job has it until its time is up.
CREATE TABLE job_leases
(
    Job LowCardinality(String),
    Holder String,
    At DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = MergeTree
ORDER BY (Job, At)
TTL toDateTime(At) + INTERVAL 1 HOUR;
