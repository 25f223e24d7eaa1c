/** Ways to send a first record, with the addresses of this very server. */
export interface FirstWay {
  readonly id: 'file' | 'pipe' | 'curl' | 'otlp' | 'collector' | 'demo';
  readonly code: string;
}

export interface ServerAddresses {
  /** Of the page. */
  readonly origin: string;
  readonly receivers: readonly { readonly name: string; readonly url: string }[];
}

export function firstWays({ origin, receivers }: ServerAddresses): readonly FirstWay[] {
  const otlp = receivers.find(({ name }) => name === 'otlp-http')?.url;
  const ways: readonly FirstWay[] = [
    { id: 'file', code: 'tendril import /var/log/my-service/*.log --service my-service' },
    { id: 'pipe', code: 'my-service 2>&1 | tendril pipe --service my-service' },
    {
      id: 'curl',
      code: `curl '${origin}/api/v1/ingest?service=my-service' \\
  -H 'Content-Type: application/x-ndjson' \\
  --data-binary '{"level":"error","msg":"first record","operationID":"op-1"}'`,
    },
  ];
  const demo: FirstWay = { id: 'demo', code: 'tendril demo' };
  if (otlp === undefined) return [...ways, demo];
  return [
    ...ways,
    {
      id: 'otlp',
      code: `export OTEL_EXPORTER_OTLP_ENDPOINT=${otlp}
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_LOGS_EXPORTER=otlp
export OTEL_SERVICE_NAME=my-service`,
    },
    {
      id: 'collector',
      code: `exporters:
  otlphttp/tendril:
    endpoint: ${otlp}
service:
  pipelines:
    logs:
      exporters: [otlphttp/tendril]`,
    },
    demo,
  ];
}
