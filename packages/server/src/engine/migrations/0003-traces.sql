-- Spans, the names and values of their fields, and who calls whom.
--
-- Column names follow the ClickHouse exporter of the OpenTelemetry collector; our own columns come
-- after. docs/adr/0003-traces-storage.md has the reasons for what differs from the table of logs.

CREATE TABLE traces
(
    Timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    ObservedTimestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    RecordId UInt64 CODEC(Delta(8), ZSTD(1)),
    -- When the engine got the row: tells the job that counts edges what is new.
    InsertedAt DateTime('UTC') DEFAULT now() CODEC(Delta(4), ZSTD(1)),
    TraceId String,
    SpanId String,
    ParentSpanId String,
    TraceState String,
    SpanName LowCardinality(String),
    SpanKind LowCardinality(String),
    ServiceName LowCardinality(String),
    Environment LowCardinality(String),
    ResourceId UInt64,
    ResourceSchemaUrl LowCardinality(String),
    ScopeName LowCardinality(String),
    ScopeVersion LowCardinality(String),
    ScopeAttributes Map(String, String),
    ScopeSchemaUrl LowCardinality(String),
    -- In nanoseconds.
    Duration UInt64,
    StatusCode LowCardinality(String),
    StatusMessage String,
    -- How many calls the span stands for: 10 where one in ten was kept.
    AdjustedCount Float64,
    `Events.Timestamp` Array(DateTime64(9, 'UTC')),
    `Events.Name` Array(String),
    `Events.Attributes` Array(Map(String, String)),
    -- One letter for each attribute of the event: string, integer, double, boolean, array.
    `Events.AttributeTypes` Array(String),
    `Links.TraceId` Array(String),
    `Links.SpanId` Array(String),
    `Links.TraceState` Array(String),
    `Links.Attributes` Array(Map(String, String)),
    `Links.AttributeTypes` Array(String),
    OperationId String,
    UserId String,
    ConnectionId String,
    ConversationId String,
    ErrorCode LowCardinality(String),
    Caller LowCardinality(String),
    -- Written in the flattened Native form; numbers stay numbers.
    Attributes JSON(max_dynamic_paths = 1024),
    -- Attributes beyond the writer's bound of paths, and those without a name.
    AttributesOverflow Map(String, String),
    SpanAttributes Map(String, String)
        ALIAS mapUpdate(AttributesOverflow, mapFromArrays(JSONAllPaths(Attributes), JSONAllValues(Attributes))),
    ResourceAttributes Map(String, String)
        ALIAS dictGet('resources_dictionary', 'Attributes', ResourceId),
    INDEX timestamp_range Timestamp TYPE minmax GRANULARITY 1,
    INDEX inserted_range InsertedAt TYPE minmax GRANULARITY 1,
    INDEX operation_id OperationId TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX user_id UserId TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX connection_id ConnectionId TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX conversation_id ConversationId TYPE bloom_filter(0.01) GRANULARITY 1,
    -- Rate, errors and durations of each operation. As projections these are written, deduplicated and
    -- dropped with the rows that they are about.
    PROJECTION calls
    (
        SELECT
            toStartOfMinute(Timestamp),
            ServiceName,
            SpanName,
            SpanKind,
            Environment,
            sum(AdjustedCount),
            sumIf(AdjustedCount, StatusCode = 'Error'),
            quantilesTDigestWeighted(0.5, 0.95, 0.99)(Duration, toUInt32(round(AdjustedCount)))
        GROUP BY
            toStartOfMinute(Timestamp),
            ServiceName,
            SpanName,
            SpanKind,
            Environment
    ),
    -- When a trace happened, so that it is found by its id alone.
    PROJECTION trace_ranges
    (
        SELECT
            TraceId,
            min(Timestamp),
            max(Timestamp),
            count(),
            countIf(StatusCode = 'Error')
        GROUP BY TraceId
    ),
    -- The same for an operation.
    PROJECTION operation_ranges
    (
        SELECT
            OperationId,
            min(Timestamp),
            max(Timestamp),
            count(),
            countIf(StatusCode = 'Error')
        GROUP BY OperationId
    )
)
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
-- Spans of a trace lie together: it is read in one piece, and its id is stored nearly once.
ORDER BY (toStartOfMinute(Timestamp), TraceId, Timestamp)
TTL toDateTime(ObservedTimestamp) + INTERVAL 30 DAY
SETTINGS
    default_compression_codec = 'ZSTD(1)',
    ttl_only_drop_parts = 1,
    non_replicated_deduplication_window = 10000,
    min_level_for_wide_part = 1;

-- As log_fields, of spans.
CREATE TABLE span_fields
(
    Hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    Source LowCardinality(String),
    Name String,
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

-- Who called whom in a minute. A minute is counted again as a whole whenever spans of it arrive; of
-- its rows those with the highest ComputedAtMs are right, the others are about to be replaced. A row
-- without a caller says that the minute was counted.
CREATE TABLE service_edges
(
    Minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    Environment LowCardinality(String),
    Caller LowCardinality(String),
    Callee LowCardinality(String),
    -- call, database, messaging, external
    Kind LowCardinality(String),
    Calls Float64,
    Errors Float64,
    -- Durations: how many calls took 2 ** (bucket / 8) ns and more.
    Buckets Array(UInt16),
    BucketCalls Array(Float64),
    ComputedAtMs UInt64,
    ComputedAt DateTime('UTC') DEFAULT now()
)
ENGINE = ReplacingMergeTree(ComputedAtMs)
PARTITION BY toDate(Minute)
ORDER BY (Minute, Environment, Caller, Callee, Kind)
TTL ComputedAt + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1;

-- How far background work has come.
CREATE TABLE job_progress
(
    Name String,
    ThroughMs Int64,
    UpdatedAtMs Int64
)
ENGINE = ReplacingMergeTree(UpdatedAtMs)
ORDER BY Name;
