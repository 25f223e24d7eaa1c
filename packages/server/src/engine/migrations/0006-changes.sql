-- Changes of what runs, and what is known of processes, from which changes are inferred.

-- A row for each change; the highest version counts. Inferred ones have ids that are functions of what
-- they were inferred from, so that inferring twice changes nothing.
CREATE TABLE changes
(
    Id String,
    Version UInt64,
    Timestamp DateTime64(9, 'UTC'),
    Kind LowCardinality(String),
    Origin LowCardinality(String),
    Title String,
    ServiceName LowCardinality(String),
    Instance String,
    Environment LowCardinality(String),
    Before String,
    After String,
    Url String,
    ReportedBy String,
    CreatedAt DateTime('UTC') DEFAULT now()
)
ENGINE = ReplacingMergeTree(Version)
ORDER BY Id
TTL CreatedAt + INTERVAL 365 DAY;

-- When a resource sent its first record or span in an environment.
CREATE TABLE resource_sightings
(
    Environment LowCardinality(String),
    ServiceName LowCardinality(String),
    ResourceId UInt64,
    FirstSeen SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
    SeenAt SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (Environment, ServiceName, ResourceId)
TTL SeenAt + INTERVAL 30 DAY;
