/**
 * The two configuration files of the embedded engine, as text. They hold the secrets of one start,
 * are readable by their owner alone and replaced with the next start.
 */
import { createHash } from 'node:crypto';
import { CHANGEABLE_BY_READER } from '../clickhouse/settings.ts';
import { DATABASE } from '../engine.ts';
import { toXml, type XmlElements } from './xml.ts';

export interface EngineSecrets {
  readonly writerPassword: string;
  readonly readerPassword: string;
  /** Value of the header without which the listener answers nothing. */
  readonly headerSecret: string;
}

export const WRITER = 'tendril_writer';
export const READER = 'tendril_reader';
export const SECRET_HEADER = 'X-Tendril-Engine';

const MIB = 1024 * 1024;

export interface ServerConfigOptions {
  readonly usersFile: string;
  readonly memoryBytesMax: number;
  readonly secrets: EngineSecrets;
}

/** Sized for a machine that runs Tendril beside other things: defaults are for a server of its own. */
export function serverConfig({ usersFile, memoryBytesMax, secrets }: ServerConfigOptions): string {
  return document({
    users_config: usersFile,
    timezone: 'UTC',
    // Level `console_log_level`: the embedded build does not heed `level`.
    logger: { level: 'error', console: 1, console_log_level: 'error' },
    max_server_memory_usage: memoryBytesMax,
    ...CACHES,
    ...POOLS,
    ...memoryConfig(memoryBytesMax),
    // Metrics of the engine are read when asked for; refreshing them each second costs idle CPU.
    asynchronous_metrics_update_period_s: 60,
    asynchronous_metrics_enable_heavy_metrics: 0,
    mlock_executable: 0,
    merge_tree: MERGE_TREE,
    access_control_improvements: {
      settings_constraints_replace_previous: 1,
      select_from_system_db_requires_grant: 1,
      select_from_information_schema_requires_grant: 1,
    },
    // The only rule: no request without the header gets further, so the `default` user, which
    // the local session needs and which cannot have a password, is out of reach.
    http_handlers: {
      rule: {
        headers: { [SECRET_HEADER]: secrets.headerSecret },
        handler: { type: 'dynamic_query_handler', query_param_name: 'query' },
      },
    },
  });
}

const CACHES: XmlElements = {
  mark_cache_size: 64 * MIB,
  index_mark_cache_size: 16 * MIB,
  primary_index_cache_size: 64 * MIB,
  uncompressed_cache_size: 0,
  // Blooms of ids and words: a needle in 10 M records takes 10 ms instead of 15, a rare word 16 instead of 59.
  index_uncompressed_cache_size: 64 * MIB,
  mmap_cache_size: 100,
  compiled_expression_cache_size: 16 * MIB,
  query_condition_cache_size: 32 * MIB,
  vector_similarity_index_cache_size: 0,
  text_index_tokens_cache_size: 48 * MIB,
  text_index_header_cache_size: 16 * MIB,
  text_index_postings_cache_size: 48 * MIB,
};

/**
 * From here on freed pages go back to the system at once. Lower, and inserts pay for it: each page is
 * cleared again by the kernel (a fifth of an insert's processor time at 512 MiB, bench ingest-logs).
 */
const PURGE_ABOVE_BYTES = 800 * MIB;
const DIRTY_BYTES_MAX = 256 * MIB;

function memoryConfig(memoryBytesMax: number): XmlElements {
  return {
    memory_worker_period_ms: 200,
    // Others in the same container do not count as ours.
    memory_worker_use_cgroup: 0,
    memory_worker_purge_dirty_pages_threshold_ratio: DIRTY_BYTES_MAX / memoryBytesMax,
    memory_worker_purge_total_memory_threshold_ratio: PURGE_ABOVE_BYTES / memoryBytesMax,
  };
}

const POOLS: XmlElements = {
  background_pool_size: 2,
  background_merges_mutations_concurrency_ratio: 2,
  background_move_pool_size: 1,
  background_fetches_pool_size: 1,
  background_common_pool_size: 1,
  background_schedule_pool_size: 2,
  background_buffer_flush_schedule_pool_size: 1,
  background_message_broker_schedule_pool_size: 1,
  background_distributed_schedule_pool_size: 1,
  max_thread_pool_size: 1_000,
  max_thread_pool_free_size: 8,
  thread_pool_queue_size: 1_000,
  max_io_thread_pool_size: 16,
  max_io_thread_pool_free_size: 0,
  max_connections: 256,
  max_concurrent_queries: 100,
  max_active_parts_loading_thread_pool_size: 4,
  max_parts_cleaning_thread_pool_size: 2,
};

const MERGE_TREE: XmlElements = {
  // An insert that returned is on stable storage: only then may its part of the log go.
  fsync_after_insert: 1,
  fsync_part_directory: 1,
  // A power cut may leave any number of broken parts; they are detached, and the server starts.
  max_suspicious_broken_parts: 1_000_000,
  max_suspicious_broken_parts_bytes: 0,
  max_bytes_to_merge_at_max_space_in_pool: 10 * 1024 * MIB,
  // Parts wait for more of their size before they are merged (5 is the engine's own): merges were half of the
  // engine's work at full rate (docs/adr/0001-logs-storage.md). Above ten parts a day it gives way by itself.
  merge_selector_base: 10,
  non_replicated_deduplication_window: 10_000,
};

/** The writer may do anything in our database; the reader may read it; neither has table functions. */
export function usersConfig(secrets: EngineSecrets, memoryBytesMax: number): string {
  return document({
    users: {
      // The session that keeps the listener up. The dictionary over `resources` reads as this user too.
      default: user('', 'default', [
        'GRANT SYSTEM LISTEN ON *.*',
        'GRANT SELECT ON system.numbers',
        `GRANT SELECT ON ${DATABASE}.resources`,
      ]),
      [WRITER]: user(secrets.writerPassword, 'writer', [
        `GRANT ALL ON ${DATABASE}.*`,
        'GRANT TABLE ENGINE ON *',
        'GRANT SELECT ON system.*',
        'GRANT KILL QUERY ON *.*',
      ]),
      [READER]: user(secrets.readerPassword, 'reader', [
        `GRANT SELECT, SHOW, dictGet ON ${DATABASE}.*`,
        ...READABLE_SYSTEM_TABLES.map((table) => `GRANT SELECT ON system.${table}`),
      ]),
    },
    profiles: {
      default: {},
      writer: { max_memory_usage: Math.floor(memoryBytesMax * 0.8) },
      reader: {
        readonly: 1,
        max_memory_usage: Math.floor(memoryBytesMax * 0.5),
        constraints: Object.fromEntries(
          CHANGEABLE_BY_READER.map((name) => [name, { changeable_in_readonly: {} }]),
        ),
      },
    },
    quotas: { default: {} },
  });
}

/** Generators, and what the status page and the benches ask; all else of `system` stays closed to reads. */
const READABLE_SYSTEM_TABLES: readonly string[] = [
  'numbers',
  'numbers_mt',
  'parts',
  'parts_columns',
  'projection_parts',
  'data_skipping_indices',
  'detached_parts',
  'merges',
  'mutations',
  'disks',
  'metrics',
  'events',
  'asynchronous_metrics',
];

function user(password: string, profile: string, grants: readonly string[]): XmlElements {
  const secret: XmlElements =
    password === ''
      ? { password: '' }
      : { password_sha256_hex: createHash('sha256').update(password).digest('hex') };
  return {
    ...secret,
    networks: { ip: ['127.0.0.1', '::1'] },
    profile,
    quota: 'default',
    grants: { query: grants },
  };
}

function document(elements: XmlElements): string {
  return toXml({ clickhouse: elements });
}
