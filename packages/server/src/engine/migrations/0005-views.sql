-- Saved views, shared by all servers of a database. A row for each change; the highest version counts.

CREATE TABLE saved_views
(
    Id String,
    Version UInt64,
    Name String,
    Description String,
    Query String,
    Columns Array(String),
    -- Both empty: the view keeps the range that is selected.
    RangeFrom String,
    RangeTo String,
    Tags Array(String),
    CreatedAtMs Int64,
    UpdatedAtMs Int64,
    UpdatedBy String,
    IsDeleted UInt8
)
ENGINE = ReplacingMergeTree(Version)
ORDER BY Id;
