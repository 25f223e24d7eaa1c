/** Tells the server every few seconds how collecting goes, beside the logs: what is not said is said the next time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { COLLECTOR_REPORT_PATH, type CollectorReport } from '@tendril/api/collectors';
import type { SendTarget } from './send-request.ts';

export interface HealthReporting {
  readonly target: SendTarget;
  readonly report: () => CollectorReport;
  readonly signal: AbortSignal;
}

/** Between reports; the first come sooner, since somebody may be waiting for them. */
const PAUSE_MS = { first: 1_000, usual: 10_000 };
/** A server that does not know such reports (any other that takes OTLP) is asked again after this. */
const UNKNOWN_MS: number = 60 * 60 * 1000;
const UNKNOWN: ReadonlySet<number> = new Set([404, 405]);
const TIMEOUT_MS = 5_000;

export async function reportHealth(reporting: HealthReporting): Promise<void> {
  const { signal } = reporting;
  let status: number | undefined;
  for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(PAUSE_MS.usual, pauseMs * 2)) {
    const isUnknown = status !== undefined && UNKNOWN.has(status);
    await sleep(isUnknown ? UNKNOWN_MS : pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    status = await tell(reporting);
  }
}

/** The status of the answer; undefined without one. */
async function tell({ report, signal, target }: HealthReporting): Promise<number | undefined> {
  const { fetch, token, url } = target;
  try {
    const response = await fetch(`${url}${COLLECTOR_REPORT_PATH}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(report()),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    // Nobody is there: that is told where logs are sent.
    return undefined;
  }
}
