/**
 * Requests to the API of a cluster or an engine: JSON answers with a limit, and streams that may stay open
 * for days. Over TCP, TLS with certificates of one's own, or a Unix socket, which `fetch` knows none of.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Failure, messageOf } from '@tendril/model/failure';

export interface HttpTarget {
  /** Without a trailing slash; over a socket the host is of no use. */
  readonly url: string;
  readonly socketPath?: string | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Asked for each request: tokens are replaced while we run. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
}

export interface TlsOptions {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly servername?: string | undefined;
  /** False where the configuration says not to verify the server. */
  readonly rejectUnauthorized?: boolean;
}

export type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>;

/** An answer that is no success. `status` tells what can be done about it. */
export class HttpRefusal extends Failure {
  readonly status: number;

  constructor(target: string, status: number, text: string) {
    const reason = `${status} ${text}`.trim();
    super({
      code: status === 401 || status === 403 ? 'source_access' : 'source_refused',
      detail: `${target} answered ${reason}`,
      params: { target, reason },
    });
    this.status = status;
  }
}

/** A list of pods of a large cluster comes in pages of less. */
const JSON_BYTES_MAX: number = 64 * 1024 * 1024;
const REFUSAL_BYTES_MAX: number = 16 * 1024;
/** For the beginning of an answer. */
const ANSWER_MS_MAX = 15_000;
/** Between the probes of a quiet connection; Node repeats them each second and gives up after ten. */
const KEEP_ALIVE_MS = 10_000;

export class HttpCalls {
  private readonly target: HttpTarget;
  private readonly agent: HttpAgent;

  constructor(target: HttpTarget) {
    this.target = target;
    const options = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS };
    this.agent = isSecure(target) ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Whom we talk to, for people. */
  get name(): string {
    return this.target.socketPath ?? this.target.url;
  }

  async json(path: string, query: QueryValues, signal: AbortSignal): Promise<unknown> {
    const answer = await this.open(path, query, signal);
    const text = await textOf(answer, JSON_BYTES_MAX);
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw unreachable(this.name, `what ${path} answered is no JSON`, cause);
    }
  }

  /** The body as it comes; it has to be read or destroyed. */
  async open(path: string, query: QueryValues, signal: AbortSignal): Promise<IncomingMessage> {
    signal.throwIfAborted();
    const answer = await this.send(pathWith(this.target, path, query), signal);
    const { statusCode = 0 } = answer;
    if (statusCode >= 200 && statusCode < 300) return answer;
    const text = await textOf(answer, REFUSAL_BYTES_MAX).catch(() => '');
    throw new HttpRefusal(this.name, statusCode, messageIn(text));
  }

  close(): void {
    this.agent.destroy();
  }

  private async send(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { headers, socketPath, tls, url } = this.target;
    const asked = isSecure(this.target) ? httpsRequest : httpRequest;
    const { promise, reject, resolve } = Promise.withResolvers<IncomingMessage>();
    const request = asked(new URL(path, url), {
      agent: this.agent,
      headers: { accept: 'application/json, */*', ...(await headers?.()) },
      signal,
      ...(socketPath !== undefined && { socketPath }),
      ...tls,
    });
    request.once('response', resolve);
    request.on('error', (cause) => reject(unreachable(this.name, messageOf(cause), cause)));
    request.once('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
    const timer = setTimeout(() => {
      request.destroy(new Error(`no answer within ${ANSWER_MS_MAX} ms`));
    }, ANSWER_MS_MAX);
    request.end();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}

function isSecure({ socketPath, url }: HttpTarget): boolean {
  return socketPath === undefined && url.startsWith('https:');
}

function pathWith({ url }: HttpTarget, path: string, query: QueryValues): string {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) values.set(name, String(value));
  }
  const base = new URL(url).pathname.replace(/\/+$/, '');
  return `${base}${path}${values.size > 0 ? `?${values.toString()}` : ''}`;
}

async function textOf(answer: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    const buffer = chunk as Buffer;
    bytes += buffer.length;
    if (bytes > bytesMax) throw new Error(`an answer of more than ${bytesMax} bytes`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString();
}

/** Kubernetes and Docker both say it in `message`. */
function messageIn(text: string): string {
  try {
    const answer = JSON.parse(text) as { readonly message?: unknown } | null;
    if (typeof answer?.message === 'string') return answer.message;
  } catch {
    // Some proxy's own words.
  }
  return text.slice(0, 200).trim();
}

function unreachable(target: string, reason: string, cause: unknown): Failure {
  return new Failure({
    code: 'source_unreachable',
    detail: `cannot reach ${target}: ${reason}`,
    params: { target, reason },
    cause,
  });
}
