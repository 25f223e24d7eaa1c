/** How a request ends that does not end well, and how clients of each kind say what became of a connection. */
import type { LogStyle } from './topology.ts';

export class Failure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** The client's own fault. */
  get isRefusal(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 429;
  }
}

export interface Place {
  readonly name: string;
  readonly ip: string;
  readonly port: number;
}

export type Trouble = 'refused' | 'timeout' | 'unresolved' | 'reset';

/** `url` is empty for what is no request over HTTP. */
type Wording = (place: Place, url: string) => string;

const GO: Readonly<Record<Trouble, Wording>> = {
  refused: ({ ip, port }, url) => `${go(url)}dial tcp ${ip}:${port}: connect: connection refused`,
  timeout: ({ ip, port }, url) =>
    url === ''
      ? `read tcp 10.42.0.17:48210->${ip}:${port}: i/o timeout`
      : `${go(url)}context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
  unresolved: ({ name }, url) =>
    `${go(url)}dial tcp: lookup ${name} on 10.96.0.10:53: no such host`,
  reset: ({ ip, port }, url) =>
    `${go(url)}read tcp 10.42.0.17:48210->${ip}:${port}: read: connection reset by peer`,
};

function go(url: string): string {
  return url === '' ? '' : `Post "${url}": `;
}

const JAVA: Readonly<Record<Trouble, Wording>> = {
  refused: (_, url) => `I/O error on POST request for "${url}": Connection refused`,
  timeout: (_, url) => `I/O error on POST request for "${url}": Read timed out`,
  unresolved: ({ name }, url) =>
    `I/O error on POST request for "${url}": ${name}: Name or service not known`,
  reset: (_, url) => `I/O error on POST request for "${url}": Connection reset`,
};
const PYTHON: Readonly<Record<Trouble, Wording>> = {
  refused: ({ name, ip, port }, url) =>
    url === ''
      ? `connection to server at "${name}" (${ip}), port ${port} failed: Connection refused`
      : `HTTPConnectionPool(host='${name}', port=${port}): Max retries exceeded: [Errno 111] Connection refused`,
  timeout: ({ name, port }, url) =>
    url === ''
      ? 'canceling statement due to statement timeout'
      : `HTTPConnectionPool(host='${name}', port=${port}): Read timed out. (read timeout=1)`,
  unresolved: ({ name, port }) =>
    `HTTPConnectionPool(host='${name}', port=${port}): [Errno -2] Name or service not known`,
  reset: ({ name, port }) =>
    `HTTPConnectionPool(host='${name}', port=${port}): Connection aborted: RemoteDisconnected`,
};
const RUST: Readonly<Record<Trouble, Wording>> = {
  refused: ({ ip, port }, url) =>
    url === ''
      ? `Connection refused (os error 111) (${ip}:${port})`
      : `error sending request for url (${url}): tcp connect error: Connection refused (os error 111)`,
  timeout: ({ ip, port }, url) =>
    url === ''
      ? `timed out (${ip}:${port})`
      : `error sending request for url (${url}): operation timed out`,
  unresolved: (_, url) =>
    `error sending request for url (${url}): failed to lookup address information: Name or service not known`,
  reset: ({ ip, port }, url) =>
    url === ''
      ? `broken pipe (${ip}:${port})`
      : `error sending request for url (${url}): connection closed before message completed`,
};

const WORDINGS: Readonly<Partial<Record<LogStyle, typeof GO>>> = {
  spring: JAVA,
  'python-json': PYTHON,
  tracing: RUST,
};

export function troubleText(
  style: LogStyle,
  trouble: Trouble,
  { place, url }: { readonly place: Place; readonly url: string },
): string {
  return (WORDINGS[style] ?? GO)[trouble](place, url);
}
