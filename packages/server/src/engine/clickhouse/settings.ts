/**
 * Every ClickHouse setting that matters is sent with each request, never left to a default: the
 * defaults change between versions (asynchronous inserts became one) and differ between servers.
 */
import type { QueryLimits } from '../engine.ts';

export type Settings = Readonly<Record<string, string | number>>;

/** Of every request: how values are printed and how far a statement may grow. */
const COMMON: Settings = {
  session_timezone: 'UTC',
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_denormals: 0,
  output_format_json_escape_forward_slashes: 0,
  http_write_exception_in_output_format: 1,
  http_wait_end_of_query: 0,
  send_progress_in_http_headers: 0,
};

/** A query of 10,000 clauses has a megabyte of text and some hundred thousand nodes. */
const STATEMENT_SIZE: Settings = {
  max_query_size: 16 * 1024 * 1024,
  max_ast_elements: 1_000_000,
  max_expanded_ast_elements: 2_000_000,
  max_ast_depth: 2_000,
  max_parser_depth: 2_000,
};

const INSERT: Settings = {
  ...COMMON,
  async_insert: 0,
  wait_for_async_insert: 1,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  // One insert becomes one block, so one part per partition: the feeder bounds its size.
  min_insert_block_size_rows: 64 * 1024 * 1024,
  min_insert_block_size_bytes: 2 * 1024 * 1024 * 1024,
  max_insert_threads: 1,
  // Each frame of the log holds at most 50; an import of old files feeds several at once.
  max_partitions_per_insert_block: 1_000,
  max_execution_time: 0,
  // The default drops them silently.
  input_format_skip_unknown_fields: 0,
};

const COMMAND: Settings = { ...COMMON, ...STATEMENT_SIZE, async_insert: 0, mutations_sync: 0 };

const QUERY: Settings = {
  ...COMMON,
  ...STATEMENT_SIZE,
  cancel_http_readonly_queries_on_client_close: 1,
  // Otherwise a query is refused for what it is estimated to take.
  timeout_before_checking_execution_speed: 0,
  // Otherwise a memory limit near a gigabyte makes every query run on one thread.
  max_threads_min_free_memory_per_thread: 0,
};

/** Of `QUERY_LIMITS`: set from `QueryLimits`, so not for callers. */
const LIMIT_NAMES = [
  'max_execution_time',
  'timeout_overflow_mode',
  'max_result_rows',
  'max_result_bytes',
  'result_overflow_mode',
  'max_memory_usage',
  'max_rows_to_read',
  'read_overflow_mode',
] as const;

/** What a caller of `query` may set, beside what is pinned here. */
export const QUERY_SETTINGS: ReadonlySet<string> = new Set([
  'max_threads',
  'max_block_size',
  'optimize_read_in_order',
  'optimize_move_to_prewhere',
  'query_plan_optimize_lazy_materialization',
  'query_plan_max_limit_for_lazy_materialization',
  'use_query_condition_cache',
  'use_skip_indexes',
  'use_skip_indexes_if_final',
  'use_skip_indexes_on_data_read',
  'use_skip_indexes_for_top_k',
  'use_top_k_dynamic_filtering',
  'query_plan_direct_read_from_text_index',
  'max_rows_to_group_by',
  'group_by_overflow_mode',
  'max_bytes_before_external_group_by',
  'max_bytes_before_external_sort',
  'max_bytes_to_read',
  'join_algorithm',
  'final',
  'do_not_merge_across_partitions_select_final',
  'allow_experimental_analyzer',
  'allow_suspicious_types_in_order_by',
  'allow_suspicious_types_in_group_by',
  'log_comment',
  'priority',
  'min_bytes_to_use_direct_io',
  'merge_tree_coarse_index_granularity',
  'merge_tree_min_rows_for_concurrent_read',
  'merge_tree_min_bytes_for_concurrent_read',
  'max_streams_to_max_threads_ratio',
  'max_final_threads',
  'apply_mutations_on_fly',
  'optimize_use_projections',
  'optimize_use_implicit_projections',
  'optimize_trivial_count_query',
  'optimize_skip_unused_shards',
  'prefer_localhost_replica',
  'distributed_product_mode',
  'skip_unavailable_shards',
  'enable_parallel_replicas',
  'short_circuit_function_evaluation',
  'compile_expressions',
]);

/** What the read-only user of the embedded engine must be able to change with each query. */
export const CHANGEABLE_BY_READER: readonly string[] = [
  ...Object.keys(QUERY),
  ...LIMIT_NAMES,
  ...QUERY_SETTINGS,
];

export function insertSettings(token: string): Settings {
  return { ...INSERT, insert_deduplication_token: token };
}

export function commandSettings(settings: Settings, timeoutMs: number): Settings {
  return { ...COMMAND, max_execution_time: timeoutMs / 1_000, ...settings };
}

export function querySettings(limits: QueryLimits, settings: Settings): Settings {
  const overflow = limits.overflow ?? 'throw';
  return {
    ...QUERY,
    ...settings,
    max_execution_time: limits.timeoutMs / 1_000,
    timeout_overflow_mode: overflow,
    // One more than is delivered, so that an answer of exactly that many is known to be whole.
    max_result_rows:
      limits.rowsMax === undefined ? 0 : limits.rowsMax + (overflow === 'break' ? 1 : 0),
    max_result_bytes: overflow === 'break' ? 0 : (limits.resultBytesMax ?? 0),
    result_overflow_mode: overflow,
    // Without a limit of its own the user's profile bounds it.
    ...(limits.memoryBytesMax === undefined ? {} : { max_memory_usage: limits.memoryBytesMax }),
    max_rows_to_read: limits.rowsReadMax ?? 0,
    read_overflow_mode: overflow,
  };
}
