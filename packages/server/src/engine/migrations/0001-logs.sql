-- Log records, their resources, and the names and values of their fields.
--
-- Column names follow the ClickHouse exporter of the OpenTelemetry collector, so that tools made for
-- its tables read ours; our own columns come after. docs/adr/0001-logs-storage.md has the
-- measurements behind every choice in this file.

-- The attributes of a resource, once. The writer inserts a resource before its first record, and
-- again after each start, so that LastSeen stays useful.
CREATE TABLE resources
(
    ResourceId UInt64,
    Attributes Map(String, String),
    LastSeen DateTime('UTC') DEFAULT now()
)
ENGINE = ReplacingMergeTree(LastSeen)
ORDER BY ResourceId;

-- DIRECT: a cached layout answered empty for a resource inserted a moment ago.
-- The source is read as the engine's local user, which needs SELECT on this one table.
CREATE DICTIONARY resources_dictionary
(
    ResourceId UInt64,
    Attributes Map(String, String)
)
PRIMARY KEY ResourceId
SOURCE(CLICKHOUSE(TABLE 'resources'))
LAYOUT(DIRECT());

CREATE TABLE logs
(
    Timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    ObservedTimestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    RecordId UInt64 CODEC(Delta(8), ZSTD(1)),
    TraceId String CODEC(ZSTD(1)),
    SpanId String CODEC(ZSTD(1)),
    TraceFlags UInt8 CODEC(ZSTD(1)),
    SeverityText LowCardinality(String) CODEC(ZSTD(1)),
    SeverityNumber UInt8 CODEC(ZSTD(1)),
    ServiceName LowCardinality(String) CODEC(ZSTD(1)),
    Environment LowCardinality(String) CODEC(ZSTD(1)),
    Body String CODEC(ZSTD(1)),
    Original String CODEC(ZSTD(1)),
    EventName LowCardinality(String) CODEC(ZSTD(1)),
    ResourceId UInt64 CODEC(ZSTD(1)),
    ResourceSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
    ScopeName LowCardinality(String) CODEC(ZSTD(1)),
    ScopeVersion LowCardinality(String) CODEC(ZSTD(1)),
    ScopeAttributes Map(String, String) CODEC(ZSTD(1)),
    ScopeSchemaUrl LowCardinality(String) CODEC(ZSTD(1)),
    OperationId String CODEC(ZSTD(1)),
    UserId String CODEC(ZSTD(1)),
    ConnectionId String CODEC(ZSTD(1)),
    ConversationId String CODEC(ZSTD(1)),
    ErrorCode LowCardinality(String) CODEC(ZSTD(1)),
    Caller LowCardinality(String) CODEC(ZSTD(1)),
    DurationNs Int64 CODEC(ZSTD(1)),
    PatternId UInt64 CODEC(ZSTD(1)),
    SkeletonId UInt64 CODEC(ZSTD(1)),
    -- Written in the flattened Native form; numbers stay numbers.
    Attributes JSON(max_dynamic_paths = 1024) CODEC(ZSTD(1)),
    -- Attributes beyond the writer's bound of paths, and those without a name.
    AttributesOverflow Map(String, String) CODEC(ZSTD(1)),
    LogAttributes Map(String, String)
        ALIAS mapUpdate(AttributesOverflow, mapFromArrays(JSONAllPaths(Attributes), JSONAllValues(Attributes))),
    ResourceAttributes Map(String, String)
        ALIAS dictGet('resources_dictionary', 'Attributes', ResourceId),
    INDEX timestamp_range Timestamp TYPE minmax GRANULARITY 1,
    INDEX body_words lower(Body) TYPE text(tokenizer = 'splitByNonAlpha', posting_list_codec = 'bitpacking'),
    INDEX trace_id TraceId TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX operation_id OperationId TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX user_id UserId TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX connection_id ConnectionId TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX conversation_id ConversationId TYPE bloom_filter(0.01) GRANULARITY 1,
    -- The roll-up. As a projection it is written, deduplicated and dropped with the rows it counts.
    PROJECTION counts
    (
        SELECT
            toStartOfInterval(Timestamp, toIntervalSecond(10)),
            SeverityNumber,
            ServiceName,
            Environment,
            count()
        GROUP BY
            toStartOfInterval(Timestamp, toIntervalSecond(10)),
            SeverityNumber,
            ServiceName,
            Environment
    )
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (toStartOfFiveMinutes(Timestamp), ServiceName, Timestamp)
TTL toDateTime(ObservedTimestamp) + INTERVAL 30 DAY
SETTINGS
    ttl_only_drop_parts = 1,
    non_replicated_deduplication_window = 10000,
    -- Parts just inserted are Compact: a third less CPU for an insert with 100 attribute paths.
    min_level_for_wide_part = 1;

-- Which fields there are, and their values where they are few, written by the server with each batch.
-- A row with Value = '' counts the records that have the field at all. The writer lists values up
-- to a bound for each field and hour, so the sum over values may stay below that total: the rest is
-- "other".
CREATE TABLE log_fields
(
    Hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    -- column, attribute (a path of Attributes), overflow (a key of AttributesOverflow), resource, scope
    Source LowCardinality(String),
    Name String CODEC(ZSTD(1)),
    -- string, integer, float, boolean, array, object
    Type LowCardinality(String),
    Value String CODEC(ZSTD(1)),
    Count UInt64 CODEC(ZSTD(1)),
    ObservedHour SimpleAggregateFunction(max, DateTime('UTC')) CODEC(Delta(4), ZSTD(1))
)
ENGINE = SummingMergeTree
PARTITION BY toDate(Hour)
ORDER BY (Hour, Source, Name, Type, Value)
TTL ObservedHour + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1;
