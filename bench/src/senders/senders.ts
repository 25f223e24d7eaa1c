/** OpenTelemetry's Python SDK delivers every record over HTTP and gRPC (`pip install` needed once). */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { ServerProcess } from '../server-process.ts';
import { countRecords } from '../tendril-api.ts';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, 'python_sender.py');

export const senders: Benchmark = {
  name: 'senders',
  summary: "every record of OpenTelemetry's Python SDK arrives, over HTTP and gRPC",
  options: { python: 'python3', records: '20000' },
  run: async (options) => {
    const records = numberOption(options, 'records');
    const server = await ServerProcess.create();
    try {
      await server.start();
      for (const protocol of ['http', 'grpc'] as const) {
        const port = protocol === 'http' ? server.ports.otlpHttp : server.ports.otlpGrpc;
        const args = [SCRIPT, protocol, `http://127.0.0.1:${port}`, String(records)];
        await run(options['python'] ?? '', args);
        const found = await countRecords(server.url, `service:python-${protocol}`);
        process.stdout.write(`python ${protocol}  ${found} of ${records} records found\n`);
        if (found !== records) process.exitCode = 1;
      }
    } finally {
      await server.dispose();
    }
  },
};
