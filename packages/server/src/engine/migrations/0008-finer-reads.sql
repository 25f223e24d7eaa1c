-- Reads that asked too much of what was there. docs/adr/0001-logs-storage.md has the measurements.

-- The filters of 0001 let one granule of a hundred through, each read for nothing. These, of another size and so
-- of other bits, are asked about those alone, which costs less than one filter of both sizes together.
ALTER TABLE logs ADD INDEX IF NOT EXISTS trace_id_again TraceId TYPE bloom_filter(0.025) GRANULARITY 1;
ALTER TABLE logs ADD INDEX IF NOT EXISTS operation_id_again OperationId TYPE bloom_filter(0.025) GRANULARITY 1;

-- The roll-up for buckets of less than ten seconds: ten million records within five minutes want them too.
ALTER TABLE logs ADD PROJECTION IF NOT EXISTS second_counts
(
    SELECT
        toStartOfInterval(Timestamp, toIntervalSecond(1)),
        SeverityNumber,
        ServiceName,
        Environment,
        count()
    GROUP BY
        toStartOfInterval(Timestamp, toIntervalSecond(1)),
        SeverityNumber,
        ServiceName,
        Environment
);
