-- As 0008 for ids: of the granules that `body_tokens` lets through for a word with digits (four of a hundred, each
-- half a megabyte of bodies), this one, with other bits, keeps one in six. docs/adr/0001-logs-storage.md
ALTER TABLE logs ADD INDEX IF NOT EXISTS body_tokens_again lower(Body) TYPE tokenbf_v1(8192, 3, 1) GRANULARITY 1;
