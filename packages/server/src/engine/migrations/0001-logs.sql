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
    TraceId String,
    SpanId String,
    TraceFlags UInt8,
    SeverityText LowCardinality(String),
    SeverityNumber UInt8,
    ServiceName LowCardinality(String),
    Environment LowCardinality(String),
    Body String,
    Original String,
    EventName LowCardinality(String),
    ResourceId UInt64,
    ResourceSchemaUrl LowCardinality(String),
    ScopeName LowCardinality(String),
    ScopeVersion LowCardinality(String),
    ScopeAttributes Map(String, String),
    ScopeSchemaUrl LowCardinality(String),
    OperationId String,
    UserId String,
    ConnectionId String,
    ConversationId String,
    ErrorCode LowCardinality(String),
    Caller LowCardinality(String),
    DurationNs Int64,
    PatternId UInt64,
    SkeletonId UInt64,
    -- Written in the flattened Native form; numbers stay numbers.
    Attributes JSON(max_dynamic_paths = 1024),
    -- Attributes beyond the writer's bound of paths, and those without a name.
    AttributesOverflow Map(String, String),
    LogAttributes Map(String, String)
        ALIAS mapUpdate(AttributesOverflow, mapFromArrays(JSONAllPaths(Attributes), JSONAllValues(Attributes))),
    ResourceAttributes Map(String, String)
        ALIAS dictGet('resources_dictionary', 'Attributes', ResourceId),
    -- What body_words is built over, so that queries can name it.
    BodyWords String ALIAS translate(lower(Body), '0123456789', '0000000000'),
    -- Lets newest-first reads stop after the newest granules, whatever service they are sorted under.
    INDEX timestamp_range Timestamp TYPE minmax GRANULARITY 1,
    -- Digits count as one digit here: numbers and most of each hex id then share few index entries,
    -- which halves the index and its share of an insert. Exact for words without digits, a first
    -- sieve for the others, which body_tokens then narrows down.
    INDEX body_words translate(lower(Body), '0123456789', '0000000000')
        TYPE text(tokenizer = 'splitByNonAlpha', posting_list_codec = 'bitpacking'),
    INDEX body_tokens lower(Body) TYPE tokenbf_v1(16384, 3, 0) GRANULARITY 1,
    -- A value without a field is looked for in body, service and ids at once: all of them need an
    -- index for any of them to help.
    INDEX service_name ServiceName TYPE bloom_filter(0.01) GRANULARITY 1,
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
    -- Also compresses the indexes, which LZ4 leaves a quarter larger.
    default_compression_codec = 'ZSTD(1)',
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
    Name String,
    -- string, integer, float, boolean, array, object
    Type LowCardinality(String),
    Value String,
    Count UInt64,
    ObservedHour SimpleAggregateFunction(max, DateTime('UTC')) CODEC(Delta(4), ZSTD(1))
)
ENGINE = SummingMergeTree
PARTITION BY toDate(Hour)
ORDER BY (Hour, Source, Name, Type, Value)
TTL ObservedHour + INTERVAL 30 DAY
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1;
