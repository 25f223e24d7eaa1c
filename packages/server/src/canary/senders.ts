/** Which receivers are watched, and how. */
import { sendElastic, sendJournald, sendLoki, sendNdjson, sendOtlpHttp } from './http-senders.ts';
import { sendOtlpGrpc } from './otlp-grpc-sender.ts';
import type { SendCanary } from './send.ts';
import {
  sendFluent,
  sendGelfTcp,
  sendGelfUdp,
  sendLumberjack,
  sendSyslogTcp,
  sendSyslogUdp,
} from './socket-senders.ts';

/** By receiver. */
export const CANARY_SENDERS: ReadonlyMap<string, SendCanary> = new Map([
  ['otlp-http', sendOtlpHttp],
  ['otlp-grpc', sendOtlpGrpc],
  ['ndjson', sendNdjson],
  ['elastic', sendElastic],
  ['loki', sendLoki],
  ['journald', sendJournald],
  ['syslog-udp', sendSyslogUdp],
  ['syslog-tcp', sendSyslogTcp],
  ['syslog-tls', sendSyslogTcp],
  ['gelf-udp', sendGelfUdp],
  ['gelf-tcp', sendGelfTcp],
  ['lumberjack', sendLumberjack],
  ['fluent', sendFluent],
]);
