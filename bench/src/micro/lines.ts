/**
 * From lines of text to a batch, redacted, on one core: `npm run bench -- lines`. Times are processor
 * time, so that a busy machine changes them little.
 */
import { LogBatch } from '@tendril/columns/log-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { linesToBatch } from '@tendril/intake/lines-to-batch';
import { formatsWith, loadPacks } from '@tendril/intake/packs/load-packs';
import { LogWriter } from '@tendril/intake/log-writer';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { UTC, zoneOf } from '@tendril/intake/zone';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { table } from '../statistics.ts';

const LINES = 50_000;
/** As a server has them. */
const formats = formatsWith(loadPacks({ sections: ['formats'] }));
const NOW_NS = BigInt(Date.UTC(2026, 5, 3)) * 1_000_000n;

const SHAPES: Readonly<Record<string, (n: number) => string>> = {
  json: (n) =>
    `{"level":"info","time":"2026-06-02T01:14:03.${milliseconds(n)}Z","logger":"gateway","caller":"ws/server.go:54","msg":"http request processed ${n}","operationID":"op-${n}","status":200,"cost":"${n % 90}.354ms","userID":"u${n % 5000}"}`,
  openim: (n) =>
    `2026-06-02 09:14:03.${milliseconds(n)}\t\u001b[34mINFO\u001b[0m\t\u001b[34m[PID:${2000 + (n % 8)}]     \u001b[0m\t\u001b[34mopenim-rpc-msg           \u001b[0m\t[v3.8.3-patch.12]             \t[server/logger.go:19]                             \trpc server response success                       \t{"remoteAddr": "172.18.0.1:${n % 60000}", "platform": "Web", "connID": "1d8f0c2ab34e5f60718293a4b5c6d7e8", "operationID": "0b6f6c0e-6d1e-4b0b-8a52-${n}", "opUserID": "u${n % 5000}", "method": "/openim.msg.msg/SendMsg", "cost": "${n % 90}.354ms", "conversationID": "si_u${n % 500}_u2002"}`,
  'openim-json': (n) =>
    `{"level":"INFO","time":"2026-06-02 09:14:03.${milliseconds(n)}","logger":"openim-rpc-msg","caller":"server/logger.go:19","msg":"rpc server response success                       ","PID":${2000 + (n % 8)},"version":"v3.8.3-patch.12","remoteAddr":"172.18.0.1:${n % 60000}","platform":"Web","connID":"1d8f0c2ab34e5f60718293a4b5c6d7e8","operationID":"0b6f6c0e-6d1e-4b0b-8a52-${n}","opUserID":"u${n % 5000}","method":"/openim.msg.msg/SendMsg","cost":"${n % 90}.354ms","conversationID":"si_u${n % 500}_u2002"}`,
  tracing: (n) =>
    `2026-06-02T01:14:03.${milliseconds(n)}456Z  INFO tokio-runtime-worker request{method=POST request_id=r${n}}: api_gateway::logger: request processed status=200 elapsed=${n % 90}.3ms`,
  robot: (n) =>
    `[2026-06-02 09:14:03] DEBUG [WebSocket] 📥 [Robot-${n % 50}:快递小车${n % 50}] MESSAGE_RECEIVED: 收到消息 | Type: status_update | IP: 192.168.1.${n % 255} | Data: {"status": "IDLE", "battery": ${n % 100}}`,
  cri: (n) =>
    `2026-06-02T01:14:03.${milliseconds(n)}000001Z stdout F 2026-06-02 09:14:03.${milliseconds(n)} INFO [main] com.acme.im.Gateway: http request processed ${n} for user u${n % 5000}`,
  logfmt: (n) =>
    `time=2026-06-02T01:14:03.${milliseconds(n)}Z level=info caller=ws/server.go:54 msg="http request processed ${n}" operationID=op-${n} status=200 cost=${n % 90}.354ms`,
  text: (n) =>
    `2026-06-02 09:14:03.${milliseconds(n)} INFO [main] com.acme.im.Gateway: http request processed ${n} for user u${n % 5000} in ${n % 90} ms`,
  syslog: (n) =>
    `Jun  2 09:14:0${n % 10} host-3 sshd[${n % 9999}]: Failed password for root from 10.0.${n % 255}.7 port ${n % 60000} ssh2`,
  access: (n) =>
    `10.0.${n % 255}.7 - - [02/Jun/2026:09:14:0${n % 10} +0800] "GET /api/v1/users?id=${n} HTTP/1.1" 200 ${n} "https://im.example/" "Mozilla/5.0 (X11)"`,
};

export const lineSpeed: Benchmark = {
  name: 'lines',
  summary: 'Lines of JSON, logfmt and text to a batch on one core: lines/s',
  options: { seconds: '3', shape: '' },
  run: (options) => {
    const seconds = numberOption(options, 'seconds');
    const { shape = '' } = options;
    const shapes = Object.entries(SHAPES).filter(([name]) => shape === '' || name === shape);
    const rows = shapes.map(([name, lineOf]) => {
      const lines = Array.from({ length: LINES }, (_, n) => lineOf(n));
      const ns = nsPerLine(lines, seconds);
      return [name, ns.toFixed(0), Math.round(1e9 / ns).toLocaleString('en')];
    });
    process.stdout.write(`${table([['lines', 'ns/line', 'lines/s'], ...rows])}\n`);
    return Promise.resolve();
  },
};

function milliseconds(n: number): string {
  return String(n % 1000).padStart(3, '0');
}

/** Of the fastest round: what else runs on the machine makes rounds slower, never faster. */
function nsPerLine(lines: readonly string[], seconds: number): number {
  const catalog = new RecordCatalog({ attributePathsMax: 1024, nowMs: Date.now });
  const redactor = createRedactor({ key: Buffer.from('bench') });
  const writer = new LogWriter({ catalog, redactor, limits: DEFAULT_LIMITS, nowNs: () => NOW_NS });
  const batch = new LogBatch(catalog);
  const context = { zone: zoneOf('Asia/Shanghai') ?? UTC, asOfNs: NOW_NS };
  const sink = { batchForNextRecord: () => batch };
  const endMs = Date.now() + seconds * 1000;
  let best = Infinity;
  while (Date.now() < endMs) {
    batch.reset();
    const before = process.cpuUsage();
    linesToBatch(lines, { writer, sink, formats, context, resource: {} });
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1000) / lines.length);
  }
  return best;
}
