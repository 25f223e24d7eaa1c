/**
 * `tendril analyze` of a large file of OpenIM lines, as a user starts it: `npm run bench -- analyze`. Says how
 * long it took, how much processor time and how much memory.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { usageOf, type Usage } from '../process-usage.ts';
import { writeOpenimFile } from './openim-file.ts';

const COMMAND = resolve(import.meta.dirname, '../../../packages/cli/bin/tendril.js');
const MEGABYTE = 1_000_000;
const LOOK_MS = 100;

export const analyze: Benchmark = {
  name: 'analyze',
  summary: 'tendril analyze of one large file of OpenIM lines: seconds, MB/s, peak memory',
  options: { megabytes: '1000', file: '' },
  run: async (options) => {
    const { file = '' } = options;
    if (file !== '') return measure(file);
    const folder = await mkdtemp(join(tmpdir(), 'tendril-bench-'));
    try {
      const made = join(folder, 'openim.log');
      await writeOpenimFile(made, numberOption(options, 'megabytes') * MEGABYTE);
      await measure(made);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

async function measure(path: string): Promise<void> {
  const { size } = await stat(path);
  const startedMs = performance.now();
  const child = spawn(
    process.execPath,
    ['--conditions=source', COMMAND, 'analyze', path, '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let usage: Usage | undefined;
  let peakRssBytes = 0;
  const look = setInterval(() => {
    if (child.pid === undefined || child.exitCode !== null) return;
    usage = usageOf(child.pid);
    peakRssBytes = Math.max(peakRssBytes, usage.rssBytes);
  }, LOOK_MS);
  let report = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (report += text));
  const [code] = (await once(child, 'close')) as [number];
  clearInterval(look);
  if (code !== 0) throw new Error(`analyze ended with ${code}`);
  const seconds = (performance.now() - startedMs) / 1000;
  const { records } = JSON.parse(report) as { readonly records: number };
  process.stdout.write(
    `${Math.round(size / MEGABYTE)} MB, ${records.toLocaleString('en')} records: ${seconds.toFixed(1)} s, ` +
      `${Math.round(size / MEGABYTE / seconds)} MB/s, CPU ${usage?.cpuSeconds.toFixed(1) ?? '?'} s, ` +
      `peak ${Math.round(peakRssBytes / MEGABYTE)} MB\n`,
  );
}
