/** CPU seconds and memory of running processes, from /proc (Linux only). */
import { readdirSync, readFileSync } from 'node:fs';

/** Kernel ticks per second, as /proc counts CPU time; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface Usage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
}

export function usageOf(pid: number): Usage {
  const { cpuSeconds } = timesOf(`/proc/${pid}/stat`);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuSeconds,
    rssBytes: kilobytes(status, 'VmRSS') * 1024,
    peakRssBytes: kilobytes(status, 'VmHWM') * 1024,
  };
}

/**
 * What some processes have in memory together: what is theirs alone, and of each file that they have mapped the largest
 * part that one of them has there. Other processes with the same files, which PSS would divide by, do not matter.
 */
export function memoryTogether(pids: readonly number[]): number {
  let ownBytes = 0;
  const fileBytes = new Map<string, number>();
  for (const pid of pids) {
    for (const [file, { shared, own }] of mappingsOf(pid)) {
      ownBytes += own;
      fileBytes.set(file, Math.max(fileBytes.get(file) ?? 0, shared));
    }
  }
  return ownBytes + [...fileBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

interface Mapped {
  /** Pages as they are in the file. */
  shared: number;
  /** Anonymous pages, and those of a file that were written to. */
  own: number;
}

/** By the file's inode; all that has no file is one. */
function mappingsOf(pid: number): ReadonlyMap<string, Mapped> {
  const mapped = new Map<string, Mapped>();
  for (const mapping of readFileSync(`/proc/${pid}/smaps`, 'utf8').split(/\n(?=[0-9a-f]+-)/)) {
    const [, , , device = '', inode = ''] = mapping.split(/ +/, 5);
    const own = kilobytes(mapping, 'Anonymous') * 1024;
    const shared = kilobytes(mapping, 'Rss') * 1024 - own;
    const sum = mapped.get(`${device} ${inode}`) ?? { shared: 0, own: 0 };
    mapped.set(`${device} ${inode}`, { shared: sum.shared + shared, own: sum.own + own });
  }
  return mapped;
}

/** The most that `memoryTogether` finds until it is stopped. */
export function watchMemory(pids: readonly number[]): () => number {
  let peakBytes = memoryTogether(pids);
  const look = (): void => {
    peakBytes = Math.max(peakBytes, memoryTogether(pids));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    look();
    return peakBytes;
  };
}

/** A look takes milliseconds of a core that is being measured. */
const LOOK_EVERY_MS = 250;

/** CPU seconds of the threads that a process has now, by their name: V8's workers collect garbage and compile. */
export function threadSeconds(pid: number): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const { name, cpuSeconds } = timesOf(`/proc/${pid}/task/${thread}/stat`);
    seconds.set(name, (seconds.get(name) ?? 0) + cpuSeconds);
  }
  return seconds;
}

function timesOf(statFile: string): { readonly name: string; readonly cpuSeconds: number } {
  const stat = readFileSync(statFile, 'utf8');
  // The command's name is in parentheses and may hold blanks; fields count from after it.
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return {
    name: stat.slice(stat.indexOf('(') + 1, nameEnd),
    cpuSeconds: ticks / TICKS_PER_SECOND,
  };
}

function kilobytes(status: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
}

export function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number);
}
