/** Canaries over HTTP. */
import { CANARY_SERVICE } from './canary-record.ts';
import { reachable, type SendCanary } from './send.ts';

interface Request {
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
}

function httpSender(request: (text: string, timeMs: number) => Request): SendCanary {
  return async ({ text, timeMs }, { url, token }, signal) => {
    const { path, contentType, body } = request(text, timeMs);
    const answer = await fetch(reachable(url).href.replace(/\/$/, '') + path, {
      method: 'POST',
      headers: { 'content-type': contentType, authorization: `Bearer ${token}` },
      body,
      signal,
    });
    const answered = await answer.text();
    if (!answer.ok) throw new Error(`answered ${answer.status}: ${answered.slice(0, 200)}`);
  };
}

export const sendOtlpHttp: SendCanary = httpSender((text, timeMs) => ({
  path: '/v1/logs',
  contentType: 'application/json',
  body: JSON.stringify({
    resourceLogs: [
      {
        resource: {
          attributes: [{ key: 'service.name', value: { stringValue: CANARY_SERVICE } }],
        },
        scopeLogs: [
          {
            logRecords: [
              { timeUnixNano: `${timeMs}000000`, severityNumber: 1, body: { stringValue: text } },
            ],
          },
        ],
      },
    ],
  }),
}));

export const sendNdjson: SendCanary = httpSender((text, timeMs) => ({
  path: '/api/v1/ingest',
  contentType: 'application/x-ndjson',
  body: JSON.stringify({
    time: new Date(timeMs).toISOString(),
    level: 'trace',
    service: CANARY_SERVICE,
    message: text,
  }),
}));

export const sendElastic: SendCanary = httpSender((text, timeMs) => {
  const document = {
    '@timestamp': new Date(timeMs).toISOString(),
    log: { level: 'trace' },
    service: { name: CANARY_SERVICE },
    message: text,
  };
  return {
    path: '/_bulk',
    contentType: 'application/x-ndjson',
    body: `{"create":{"_index":"canary"}}\n${JSON.stringify(document)}\n`,
  };
});

export const sendLoki: SendCanary = httpSender((text, timeMs) => ({
  path: '/api/v1/push',
  contentType: 'application/json',
  body: JSON.stringify({
    streams: [
      {
        stream: { service_name: CANARY_SERVICE, level: 'trace' },
        values: [[`${timeMs}000000`, text]],
      },
    ],
  }),
}));

export const sendJournald: SendCanary = httpSender((text, timeMs) => ({
  path: '/upload',
  contentType: 'application/vnd.fdo.journal',
  body: [
    `__REALTIME_TIMESTAMP=${timeMs}000`,
    `SYSLOG_IDENTIFIER=${CANARY_SERVICE}`,
    'PRIORITY=7',
    `MESSAGE=${text}`,
    '\n',
  ].join('\n'),
}));
