/** Tells Tendril of a change, as a pipeline would after a deploy. */
import type { ToldChange } from './demo.ts';
import { authorization } from './telemetry/otlp.ts';

export interface TendrilOptions {
  /** Base URL of its main port. */
  readonly url: string;
  readonly token: string;
  readonly environment: string;
}

export function tellTendril({
  url,
  token,
  environment,
}: TendrilOptions): (change: ToldChange) => Promise<void> {
  return async (change) => {
    await fetch(`${url}/api/v1/changes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization(token) },
      body: JSON.stringify({ ...change, environment }),
    });
  };
}
