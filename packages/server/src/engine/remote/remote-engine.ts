/**
 * A ClickHouse that somebody else runs, reached by URL.
 *
 * Reads go through `readUser` where one is configured. Otherwise they run as the writing user with
 * `readonly=2`: ClickHouse then refuses writes and schema changes, but not table functions such as
 * `url()`, so a server that several people query should have a read user with no more than SELECT on
 * our database. That user's profile must let each query change its settings (`readonly=2`, or
 * `changeable_in_readonly` constraints).
 */
import { Failure, messageOf } from '@tendril/model/failure';
import { Availability } from '../availability.ts';
import { ClickHouseConnection, type Credentials } from '../clickhouse/connection.ts';
import type { Engine } from '../engine.ts';
import { HealthWatch } from '../health.ts';
import { HttpEngine, type EngineDriver } from '../http-engine.ts';

export interface RemoteEngineOptions {
  /** http or https; a user and password in it are the writing user. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly readUser?: Credentials;
  readonly headers?: Readonly<Record<string, string>>;
  /** Between two looks. Default 2,000. */
  readonly healthIntervalMs?: number;
  /** Default 5,000. */
  readonly healthTimeoutMs?: number;
}

/** Returns at once; the engine is `starting` until the server has answered. */
export function connectRemoteEngine(options: RemoteEngineOptions): Engine {
  return new HttpEngine(new RemoteDriver(options));
}

class RemoteDriver implements EngineDriver {
  readonly kind = 'remote';
  readonly availability: Availability = new Availability();
  private readonly clickhouse: ClickHouseConnection;
  private readonly health: HealthWatch;
  private readonly healthTimeoutMs: number;
  private prepared = false;

  constructor(options: RemoteEngineOptions) {
    this.clickhouse = connectionTo(options);
    this.healthTimeoutMs = options.healthTimeoutMs ?? 5_000;
    this.health = new HealthWatch({
      availability: this.availability,
      look: () => this.look(),
      intervalMs: options.healthIntervalMs ?? 2_000,
    });
    this.health.start();
  }

  connection(): ClickHouseConnection {
    return this.clickhouse;
  }

  suspect(): void {
    this.health.suspect('a request was not answered');
  }

  async close(): Promise<void> {
    this.health.stop();
    await this.clickhouse.close();
    this.availability.set('away', 'closed');
  }

  private async look(): Promise<void> {
    await this.clickhouse.ping(this.healthTimeoutMs);
    if (this.prepared) return;
    await this.clickhouse.createDatabase();
    this.prepared = true;
  }
}

function connectionTo(options: RemoteEngineOptions): ClickHouseConnection {
  const url = parseUrl(options.url);
  const writer = {
    username: options.user ?? (decodeURIComponent(url.username) || 'default'),
    password: options.password ?? decodeURIComponent(url.password),
  };
  url.username = '';
  url.password = '';
  return new ClickHouseConnection({
    url,
    writer,
    reader: options.readUser ?? writer,
    ...(options.readUser === undefined ? { readerSettings: { readonly: 2 } } : {}),
    ...(options.headers === undefined ? {} : { headers: options.headers }),
  });
}

function parseUrl(text: string): URL {
  try {
    const url = new URL(text);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  } catch (error) {
    throw badUrl(messageOf(error), error);
  }
  throw badUrl('it must begin with http:// or https://');
}

/** Without the URL itself: it may hold a password. */
function badUrl(reason: string, cause?: unknown): Failure {
  const detail = `the ClickHouse URL cannot be used: ${reason}`;
  return new Failure({ code: 'engine_url_invalid', detail, params: { reason }, cause });
}
