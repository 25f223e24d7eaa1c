/** What the stand-in for Redis does: the few commands that the demo uses, with Redis' answers. */
import { RedisError, type Reply } from './resp.ts';

interface Entry {
  readonly id: string;
  readonly flat: readonly string[];
}

interface Stream {
  readonly entries: Entry[];
  /** How many entries left the front. */
  trimmed: number;
  /** By consumer group: number of the next entry, from the stream's beginning. */
  readonly groups: Map<string, number>;
}

const ENTRIES_MAX = 10_000;
const OK = 'OK';

export class RedisStore {
  private readonly values = new Map<string, string>();
  private readonly streams = new Map<string, Stream>();
  private readonly bytesMax: () => number;
  private bytes = 0;
  private sequence = 0;

  /** 0: no limit. */
  constructor(bytesMax: () => number) {
    this.bytesMax = bytesMax;
  }

  run([name = '', ...parts]: readonly string[]): Reply {
    switch (name.toUpperCase()) {
      case 'PING':
        return 'PONG';
      case 'INCR':
        return this.write(8) ?? this.increment(parts[0] ?? '');
      case 'SET':
        return this.write((parts[1] ?? '').length) ?? this.set(parts[0] ?? '', parts[1] ?? '');
      case 'GET':
        return this.values.get(parts[0] ?? '') ?? null;
      case 'XADD':
        return this.write(parts.join('').length) ?? this.add(parts);
      case 'XGROUP':
        return this.group(parts);
      case 'XREADGROUP':
        return this.read(parts);
      case 'XACK':
        return parts.length - 2;
      default:
        return new RedisError(`ERR unknown command '${name.slice(0, 100)}'`);
    }
  }

  private write(bytes: number): RedisError | undefined {
    const max = this.bytesMax();
    if (max > 0 && this.bytes + bytes > max)
      return new RedisError("OOM command not allowed when used memory > 'maxmemory'.");
    this.bytes += bytes;
    return undefined;
  }

  private increment(key: string): number {
    const value = Number(this.values.get(key) ?? 0) + 1;
    this.values.set(key, String(value));
    return value;
  }

  private set(key: string, value: string): Reply {
    this.values.set(key, value);
    return OK;
  }

  private stream(name: string): Stream {
    let stream = this.streams.get(name);
    if (!stream) {
      stream = { entries: [], trimmed: 0, groups: new Map() };
      this.streams.set(name, stream);
    }
    return stream;
  }

  /** `XADD stream MAXLEN ~ n * field value …` */
  private add([name = '', , , , , ...flat]: readonly string[]): Reply {
    const stream = this.stream(name);
    const id = `${Date.now()}-${(this.sequence += 1)}`;
    stream.entries.push({ id, flat });
    if (stream.entries.length > ENTRIES_MAX) {
      stream.entries.shift();
      stream.trimmed += 1;
    }
    return id;
  }

  /** `XGROUP CREATE stream group $ MKSTREAM` */
  private group([, name = '', group = '']: readonly string[]): Reply {
    const stream = this.stream(name);
    if (stream.groups.has(group))
      return new RedisError('BUSYGROUP Consumer Group name already exists');
    stream.groups.set(group, stream.trimmed + stream.entries.length);
    return OK;
  }

  /** `XREADGROUP GROUP group consumer COUNT n BLOCK ms STREAMS stream >`; null when there is nothing. */
  private read(parts: readonly string[]): Reply {
    const [, group = '', , , count = '1', , , , name = ''] = parts;
    const stream = this.stream(name);
    const next = stream.groups.get(group);
    if (next === undefined)
      return new RedisError(`NOGROUP No such key '${name}' or consumer group '${group}'`);
    const from = Math.max(0, next - stream.trimmed);
    const entries = stream.entries.slice(from, from + Number(count));
    if (entries.length === 0) return null;
    stream.groups.set(group, stream.trimmed + from + entries.length);
    return [[name, entries.map(({ id, flat }) => [id, flat])]];
  }
}
