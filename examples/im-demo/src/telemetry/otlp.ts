/** The way to a collector or to Tendril: OTLP over HTTP, for log lines and for spans. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace';

export interface OtlpOptions {
  /** Base URL of an OTLP/HTTP receiver. */
  readonly url: string;
  /** Empty where none is needed. */
  readonly token: string;
}

export function otlpSpans({ url, token }: OtlpOptions): SpanProcessor {
  const exporter = new OTLPTraceExporter({
    url: `${url}/v1/traces`,
    headers: authorization(token),
  });
  return new BatchSpanProcessor({ exporter, maxQueueSize: 20_000, scheduledDelayMillis: 200 });
}

export function otlpLogs({ url, token }: OtlpOptions): (request: object) => Promise<void> {
  return async (request) => {
    await fetch(`${url}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization(token) },
      body: JSON.stringify(request),
    });
  };
}

export function authorization(token: string): Readonly<Record<string, string>> {
  return token === '' ? {} : { authorization: `Bearer ${token}` };
}
