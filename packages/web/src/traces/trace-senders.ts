/** How spans are sent to this very server, by what sends them. */
export interface TraceSender {
  readonly name: string;
  readonly code: string;
}

interface Receiver {
  readonly name: string;
  readonly url: string;
}

export function traceSenders(receivers: readonly Receiver[]): readonly TraceSender[] {
  const otlp = receivers.find(({ name }) => name === 'otlp-http')?.url;
  const zipkin = receivers.find(({ name }) => name === 'zipkin')?.url;
  return [
    ...(otlp === undefined
      ? []
      : [
          {
            name: 'OpenTelemetry SDK',
            code: `export OTEL_EXPORTER_OTLP_ENDPOINT=${otlp}
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_TRACES_EXPORTER=otlp
export OTEL_SERVICE_NAME=my-service`,
          },
          {
            name: 'OpenTelemetry Collector',
            code: `exporters:
  otlphttp/tendril:
    endpoint: ${otlp}
service:
  pipelines:
    traces:
      exporters: [otlphttp/tendril]`,
          },
        ]),
    {
      name: 'Zipkin',
      code:
        zipkin === undefined
          ? 'tendril up --receiver zipkin=127.0.0.1:9411'
          : `curl '${zipkin}/api/v2/spans' -H 'Content-Type: application/json' -d '[…]'`,
    },
  ];
}
