/** A server filled with distinct records, before it is measured. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pause, type ServerProcess } from './server-process.ts';
import { countRecords, readStatus } from './tendril-api.ts';

const run = promisify(execFile);
const SENDER = join(import.meta.dirname, 'ingest-logs/sender.ts');

/** Sends the records and waits until they are stored and merges have come to rest. */
export async function fillLogs(
  server: ServerProcess,
  records: number,
  spreadSeconds: number,
): Promise<{ from: bigint; to: bigint }> {
  const to = BigInt(Date.now()) * 1_000_000n;
  const from = to - BigInt(spreadSeconds) * 1_000_000_000n;
  await run(process.execPath, [
    '--conditions=source',
    SENDER,
    `--url=${server.logsUrl}`,
    `--records=${records}`,
    `--start-ns=${from}`,
    `--step-ns=${Math.floor((spreadSeconds * 1e9) / records)}`,
  ]);
  const found = await countRecords(server.url);
  if (found !== records) throw new Error(`${records} were sent, ${found} are found`);
  let bytesBefore = -1;
  for (let round = 0; round < 40; round += 1) {
    const { storage } = await readStatus(server.url);
    const bytes = storage.reduce((sum, each) => sum + each.bytes, 0);
    if (bytes === bytesBefore) break;
    bytesBefore = bytes;
    await pause(5_000);
  }
  return { from, to };
}
