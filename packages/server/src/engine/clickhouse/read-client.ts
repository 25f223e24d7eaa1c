/**
 * Sends queries. The library's client waits a turn of the timers before each request, so that sockets that
 * expired meanwhile are gone: more than a millisecond, of the dozen that a needle may take
 * (bench query-logs). A query that meets such a socket is simply asked again.
 */
import { once } from 'node:events';
import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { parseError } from '@clickhouse/client';
import { formatValue, type StatementRequest } from './request.ts';
import type { Settings } from './settings.ts';

export interface ReadClientOptions {
  /** What follows the host is of a proxy. */
  readonly url: URL;
  readonly username: string;
  readonly password: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly socketsMax: number;
  readonly idleSocketMs: number;
}

export interface ReadRequest extends StatementRequest {
  readonly settings: Settings;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export class ReadClient {
  readonly #url: URL;
  readonly #headers: OutgoingHttpHeaders;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor({ url, username, password, headers, ...limits }: ReadClientOptions) {
    this.#url = url;
    this.#headers = {
      'user-agent': 'tendril',
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      ...headers,
    };
    const agentOptions = {
      keepAlive: true,
      maxSockets: limits.socketsMax,
      // Ends only sockets that nothing uses.
      timeout: limits.idleSocketMs,
    };
    this.#agent =
      url.protocol === 'https:' ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  }

  /** The answer once it has begun. Throws what the engine says instead. */
  async ask(request: ReadRequest): Promise<IncomingMessage> {
    const sent = this.#send(request);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    if (response.statusCode === 200 && !('x-clickhouse-exception-code' in response.headers)) {
      return response;
    }
    throw parseError(await messageIn(response));
  }

  close(): void {
    this.#agent.destroy();
  }

  #send({ query, query_params, values, http_headers, ...rest }: ReadRequest): ClientRequest {
    const url = new URL(this.#url.pathname, this.#url.origin);
    for (const [name, value] of Object.entries(query_params ?? {})) {
      url.searchParams.set(`param_${name}`, formatValue(value));
    }
    for (const [name, value] of Object.entries(rest.settings)) {
      url.searchParams.set(name, String(value));
    }
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sent = send(url, {
      method: 'POST',
      agent: this.#agent,
      headers: { ...this.#headers, ...http_headers, ...rest.headers },
      signal: rest.signal,
    });
    // Whoever waits for the answer or reads it is told.
    sent.on('error', () => undefined);
    if (values === undefined) sent.end(query);
    else values.pipe(sent);
    return sent;
  }
}

/** The engine's are a few KiB; what stands between it and us may say anything. */
const MESSAGE_CHARS_MAX = 64 * 1024;

async function messageIn(response: IncomingMessage): Promise<string> {
  let message = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    message += String(chunk);
    if (message.length > MESSAGE_CHARS_MAX) break;
  }
  return message.slice(0, MESSAGE_CHARS_MAX);
}
