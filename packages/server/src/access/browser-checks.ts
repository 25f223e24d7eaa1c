/**
 * What protects a server on this machine from web pages: a page of another site must not write
 * (Origin), and must not reach us under a name of its own (Host, DNS rebinding).
 */
import { isIP } from 'node:net';

/** The header's host without its port, in lower case; empty when it is no host. */
export function hostName(header: string): string {
  const match = /^(\[[0-9a-f:.]+\]|[^:/@?#\s]+)(?::\d{1,5})?$/i.exec(header.trim());
  return (match?.[1] ?? '').toLowerCase().replace(/\.$/, '');
}

/**
 * An address literal cannot be rebound, and `localhost` cannot be bought; any other name must be
 * configured.
 */
export function isAllowedHost(header: string, allowedHosts: readonly string[]): boolean {
  const name = hostName(header);
  if (name === '') return false;
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true;
  return allowedHosts.some((allowed) => allowed.toLowerCase() === name);
}

export interface OriginFacts {
  /** `null` is what sandboxed pages and files send. */
  readonly origin: string;
  readonly host: string;
  /** Origins that the configuration trusts. */
  readonly allowedOrigins: readonly string[];
}

/** The page's own server, whatever scheme a proxy in front speaks, or one that is configured. */
export function isAllowedOrigin({ origin, host, allowedOrigins }: OriginFacts): boolean {
  if (allowedOrigins.includes(origin)) return true;
  const match = /^https?:\/\/([^/]+)$/i.exec(origin);
  return match?.[1] !== undefined && match[1].toLowerCase() === host.trim().toLowerCase();
}
