/** All setups, in the order they are shown. */
import type { ShipperSetup } from './shipper-setup.ts';

export const SHIPPER_SETUPS: readonly ShipperSetup[] = [
  {
    id: 'filebeat',
    name: 'Filebeat',
    receiver: 'elastic',
    file: 'filebeat.yml',
    syntax: 'yaml',
    text: `output.elasticsearch:
  hosts: ["http://HOST:PORT"]
  api_key: "shipper:TOKEN"
setup.template.enabled: false
setup.ilm.enabled: false
`,
    note: {
      en: 'Versions 7 to 9. Inputs, processors and modules stay as they are; set-up calls are answered, so the two last lines only save time. Without tokens leave api_key out.',
      zh: '适用于 7 到 9 版。输入、处理器和模块保持不变；初始化请求都有应答，最后两行只是节省时间。没有令牌时去掉 api_key。',
    },
    tried: 'protocol',
  },
  {
    id: 'filebeat-lumberjack',
    name: 'Filebeat (Logstash output)',
    receiver: 'lumberjack',
    file: 'filebeat.yml',
    syntax: 'yaml',
    text: `output.logstash:
  hosts: ["HOST:PORT"]
`,
    note: {
      en: 'For Beats that sent to Logstash. A window of events is acknowledged when it is on disk. With receivers.lumberjack.certificateFile and keyFile set, add ssl.certificate_authorities.',
      zh: '适用于原先发往 Logstash 的 Beats。一个窗口的事件落盘后才确认。设置 receivers.lumberjack.certificateFile 和 keyFile 后，在这里加上 ssl.certificate_authorities。',
    },
    tried: 'protocol',
  },
  {
    id: 'logstash',
    name: 'Logstash',
    receiver: 'elastic',
    file: 'pipeline.conf',
    syntax: 'ruby',
    text: `output {
  elasticsearch {
    hosts => ["http://HOST:PORT"]
    user => "shipper"
    password => "TOKEN"
    manage_template => false
    ilm_enabled => false
  }
}
`,
    note: {
      en: 'The output plugin 11 and 12. A request that has to wait is answered with 429 and sent again by Logstash.',
      zh: '输出插件 11 和 12 版。需要等待时回答 429，Logstash 会自动重发。',
    },
    tried: 'protocol',
  },
  {
    id: 'fluent-bit',
    name: 'Fluent Bit',
    receiver: 'fluent',
    file: 'fluent-bit.yaml',
    syntax: 'yaml',
    text: `pipeline:
  outputs:
    - name: forward
      match: "*"
      host: HOST
      port: PORT
      require_ack_response: true
`,
    note: {
      en: 'With require_ack_response a chunk counts as sent when it is on disk, and is stored once however often it is sent. The outputs es, loki, http (format json) and opentelemetry work too.',
      zh: '有 require_ack_response 时，数据块落盘后才算发送成功，重发也只保存一次。也可以用 es、loki、http（format json）和 opentelemetry 输出。',
    },
    tried: 'peer',
  },
  {
    id: 'fluentd',
    name: 'Fluentd',
    receiver: 'fluent',
    file: 'fluent.conf',
    syntax: 'conf',
    text: `<match **>
  @type forward
  require_ack_response true
  <server>
    host HOST
    port PORT
  </server>
</match>
`,
    note: {
      en: 'For a shared key set receivers.fluent.sharedKey and add <security> with self_hostname and shared_key.',
      zh: '需要共享密钥时，设置 receivers.fluent.sharedKey，并在这里加上 <security>（self_hostname 和 shared_key）。',
    },
    tried: 'protocol',
  },
  {
    id: 'vector',
    name: 'Vector',
    receiver: 'elastic',
    file: 'vector.yaml',
    syntax: 'yaml',
    text: `sinks:
  tendril:
    type: elasticsearch
    inputs: ["*"]
    endpoints: ["http://HOST:PORT"]
    mode: bulk
    auth:
      strategy: basic
      user: shipper
      password: "TOKEN"
`,
    note: {
      en: 'Without tokens leave auth out. The sinks loki, opentelemetry and http (encoding json, framing newline_delimited, to /api/v1/ingest) work too.',
      zh: '没有令牌时去掉 auth。也可以用 loki、opentelemetry 和 http（json 编码、按行分隔，发往 /api/v1/ingest）输出。',
    },
    tried: 'protocol',
  },
  {
    id: 'rsyslog',
    name: 'rsyslog',
    receiver: 'syslog-tcp',
    file: '/etc/rsyslog.d/60-tendril.conf',
    syntax: 'conf',
    text: `action(type="omfwd" target="HOST" port="PORT" protocol="tcp" TCP_Framing="octet-counted"
       template="RSYSLOG_SyslogProtocol23Format"
       queue.type="LinkedList" queue.filename="tendril" queue.saveOnShutdown="on"
       action.resumeRetryCount="-1")
`,
    note: {
      en: 'The queue keeps messages on disk while Tendril is away. TLS: receivers.syslog-tls and StreamDriver="gtls". omelasticsearch works with the receiver elastic.',
      zh: 'Tendril 不在时，队列把消息留在磁盘上。TLS 用 receivers.syslog-tls 和 StreamDriver="gtls"。omelasticsearch 可配合 elastic 接收器使用。',
    },
    tried: 'peer',
  },
  {
    id: 'syslog-ng',
    name: 'syslog-ng',
    receiver: 'syslog-tcp',
    file: '/etc/syslog-ng/conf.d/tendril.conf',
    syntax: 'conf',
    text: `destination d_tendril {
  syslog("HOST" port(PORT) transport("tcp") disk-buffer(disk-buf-size(1073741824) reliable(yes)));
};
log { source(s_src); destination(d_tendril); };
`,
    note: {
      en: 's_src is the source of your distribution. Without the module for disk buffers leave disk-buffer out.',
      zh: 's_src 是发行版自带的来源。没有磁盘缓冲模块时去掉 disk-buffer。',
    },
    tried: 'peer',
  },
  {
    id: 'promtail',
    name: 'Promtail',
    receiver: 'loki',
    file: 'promtail.yaml',
    syntax: 'yaml',
    text: `clients:
  - url: http://HOST:PORT/loki/api/v1/push
    bearer_token: TOKEN
`,
    note: {
      en: 'Labels become the resource (pod, namespace and container under their OpenTelemetry names). Lines are parsed here: pipeline stages for JSON or levels are not needed. Without tokens leave bearer_token out.',
      zh: '标签成为资源属性（pod、namespace、container 用 OpenTelemetry 的名字）。行在这里解析，不需要 JSON 或级别的 pipeline_stages。没有令牌时去掉 bearer_token。',
    },
    tried: 'peer',
  },
  {
    id: 'alloy',
    name: 'Grafana Alloy',
    receiver: 'loki',
    file: 'config.alloy',
    syntax: 'hcl',
    text: `loki.write "tendril" {
  endpoint {
    url          = "http://HOST:PORT/loki/api/v1/push"
    bearer_token = "TOKEN"
  }
}
`,
    note: {
      en: 'Forward to loki.write.tendril.receiver. Without tokens leave bearer_token out.',
      zh: '转发到 loki.write.tendril.receiver。没有令牌时去掉 bearer_token。',
    },
    tried: 'protocol',
  },
  {
    id: 'otel-collector',
    name: 'OpenTelemetry Collector',
    receiver: 'otlp-http',
    file: 'config.yaml',
    syntax: 'yaml',
    text: `exporters:
  otlphttp/tendril:
    endpoint: http://HOST:PORT
    headers:
      Authorization: "Bearer TOKEN"
service:
  pipelines:
    logs:
      exporters: [otlphttp/tendril]
`,
    note: {
      en: 'Any OpenTelemetry SDK too: OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:PORT. gRPC is on port 4317. Without tokens leave headers out.',
      zh: '任何 OpenTelemetry SDK 也可以：OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:PORT。gRPC 在 4317 端口。没有令牌时去掉 headers。',
    },
    tried: 'peer',
  },
  {
    id: 'docker-fluentd',
    name: 'Docker (fluentd driver)',
    receiver: 'fluent',
    file: '/etc/docker/daemon.json',
    syntax: 'json',
    text: `{
  "log-driver": "fluentd",
  "log-opts": {
    "fluentd-address": "HOST:PORT",
    "fluentd-async": "true",
    "fluentd-sub-second-precision": "true"
  }
}
`,
    note: {
      en: 'The service is the name of the container. fluentd-async lets containers start while Tendril is away.',
      zh: '服务名就是容器名。fluentd-async 让容器在 Tendril 不在时也能启动。',
    },
    tried: 'peer',
  },
  {
    id: 'docker-gelf',
    name: 'Docker (gelf driver)',
    receiver: 'gelf-udp',
    file: 'docker-compose.yml',
    syntax: 'yaml',
    text: `services:
  app:
    logging:
      driver: gelf
      options:
        gelf-address: "udp://HOST:PORT"
`,
    note: {
      en: 'UDP acknowledges nothing: what is lost on the way is not sent again.',
      zh: 'UDP 没有确认：途中丢失的不会重发。',
    },
    tried: 'protocol',
  },
  {
    id: 'docker-syslog',
    name: 'Docker (syslog driver)',
    receiver: 'syslog-tcp',
    file: 'docker-compose.yml',
    syntax: 'yaml',
    text: `services:
  app:
    logging:
      driver: syslog
      options:
        syslog-address: "tcp://HOST:PORT"
        syslog-format: rfc5424micro
        tag: "{{.Name}}"
`,
    note: {
      en: 'The tag becomes the service.',
      zh: 'tag 就是服务名。',
    },
    tried: 'peer',
  },
  {
    id: 'journald',
    name: 'systemd-journal-upload',
    receiver: 'journald',
    file: '/etc/systemd/journal-upload.conf',
    syntax: 'ini',
    text: `[Upload]
URL=http://shipper:TOKEN@HOST:PORT
`,
    note: {
      en: 'The port has to be written. Without tokens leave shipper:TOKEN@ out. The whole backlog is sent first. A unit is the service when it names no identifier.',
      zh: '必须写出端口。没有令牌时去掉 shipper:TOKEN@。先发送全部积压。没有标识符的条目以 unit 为服务名。',
    },
    tried: 'peer',
  },
  {
    id: 'curl',
    name: 'curl',
    receiver: 'ndjson',
    file: '',
    syntax: 'shell',
    text: `curl -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/x-ndjson' \\
  --data-binary @app.log 'http://HOST:PORT/api/v1/ingest?service=app'
`,
    note: {
      en: 'Lines of JSON or text, or one JSON list. Without tokens leave the first header out.',
      zh: '按行的 JSON 或文本，或一个 JSON 列表。没有令牌时去掉第一个头。',
    },
    tried: 'peer',
  },
];
