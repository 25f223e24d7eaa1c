/**
 * Distinct OTLP log requests, cheaply: a few dozen requests are encoded once, and each time one is
 * taken its times, ids and numbers are overwritten in place. No two records of a load are equal
 * (repeated records flatter every number), and making one costs about 0.1 µs, so that the sender
 * does not eat the cores it shares with what is measured.
 */
import { ProtobufWriter } from './protobuf-writer.ts';
import { CALLERS, HOSTS, SERVICES, SEVERITY_MIX, TEMPLATES } from './vocabulary.ts';

export interface OtlpLoadOptions {
  /** Loads with different seeds have no record in common. Below 1,000. */
  readonly seed: number;
  readonly recordsPerRequest: number;
  /** Time of the first record. */
  readonly startNs: bigint;
  /** Between one record and the next; below 2^31. */
  readonly stepNs: number;
  /** Adds the attribute `load.record`, the record's number in 12 digits, to prove that none is lost. */
  readonly ledger?: boolean;
  /** 37 resource keys, 30 attributes and bodies to 4 KB instead of the ordinary 200 B record. */
  readonly heavy?: boolean;
}

/** Requests encoded in advance; templates, callers and hosts differ from one to the next. */
const SKELETONS = 24;
const RESOURCES_PER_REQUEST = 4;
const OPERATION_RECORDS = 8;
const USERS = 100_000;

type SlotKind = 'time' | 'number' | 'hex' | 'operation' | 'user' | 'trace' | 'span' | 'ledger';

interface Skeleton {
  readonly bytes: Buffer;
  /** Per record, where its variable parts begin. */
  readonly slots: readonly (readonly { readonly kind: SlotKind; readonly at: number }[])[];
}

export class OtlpLoad {
  readonly #options: OtlpLoadOptions;
  readonly #skeletons: readonly Skeleton[];
  #requests = 0;
  #records = 0;
  #timeHigh: number;
  #timeLow: number;
  #random: number;

  constructor(options: OtlpLoadOptions) {
    this.#options = options;
    this.#skeletons = Array.from({ length: SKELETONS }, (_, index) => skeletonOf(options, index));
    this.#timeHigh = Number(options.startNs >> 32n);
    this.#timeLow = Number(options.startNs & 0xffff_ffffn);
    this.#random = (options.seed * 2_654_435_761 + 1) >>> 0 || 1;
  }

  /** Records given out so far; the next request's first record has this number. */
  get records(): number {
    return this.#records;
  }

  /** The next request. Its memory is reused after SKELETONS further calls. */
  next(): Buffer {
    const skeleton = this.#skeletons[this.#requests % SKELETONS];
    if (skeleton === undefined) throw new Error('a load has skeletons');
    this.#requests += 1;
    for (const slots of skeleton.slots) {
      this.#advance();
      for (const { kind, at } of slots) this.#patch(skeleton.bytes, kind, at);
      this.#records += 1;
    }
    return skeleton.bytes;
  }

  #advance(): void {
    this.#timeLow += this.#options.stepNs;
    if (this.#timeLow > 0xffff_ffff) {
      this.#timeLow -= 0x1_0000_0000;
      this.#timeHigh += 1;
    }
  }

  // bench/src/ingest-logs wants this to be cheap: plain loops, no strings.
  #patch(bytes: Buffer, kind: SlotKind, at: number): void {
    switch (kind) {
      case 'time':
        bytes.writeUInt32LE(this.#timeLow, at);
        bytes.writeUInt32LE(this.#timeHigh, at + 4);
        break;
      case 'number':
        putDigits(bytes, at, 6, this.#next() % 1_000_000);
        break;
      case 'hex':
        putHex(bytes, at, this.#next());
        break;
      case 'operation':
        putDigits(bytes, at, 3, this.#options.seed);
        putDigits(bytes, at + 3, 10, Math.floor(this.#records / OPERATION_RECORDS));
        break;
      case 'user':
        putDigits(bytes, at, 7, 4_000_000 + (this.#next() % USERS));
        break;
      case 'trace':
        for (let offset = 0; offset < 16; offset += 4)
          bytes.writeUInt32LE(this.#next(), at + offset);
        break;
      case 'span':
        for (let offset = 0; offset < 8; offset += 4)
          bytes.writeUInt32LE(this.#next(), at + offset);
        break;
      case 'ledger':
        putDigits(bytes, at, 12, this.#records);
        break;
    }
  }

  /** xorshift32: fast, and never 0. */
  #next(): number {
    let x = this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x >>> 0;
    return this.#random;
  }
}

function putDigits(bytes: Buffer, at: number, count: number, value: number): void {
  let rest = value;
  for (let index = at + count - 1; index >= at; index -= 1) {
    const next = Math.floor(rest / 10);
    bytes[index] = 48 + rest - next * 10;
    rest = next;
  }
}

function putHex(bytes: Buffer, at: number, value: number): void {
  for (let index = 0; index < 8; index += 1) {
    const digit = (value >>> (index * 4)) & 15;
    bytes[at + index] = digit < 10 ? 48 + digit : 87 + digit;
  }
}

// Encoding once leaves marks (runs that cannot occur otherwise) where values will be written, and
// finding them again gives the offsets: simpler than carrying offsets through nested lengths.
const MARKS: readonly (readonly [kind: SlotKind, mark: Buffer])[] = [
  ['time', Buffer.from([0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8])],
  ['number', Buffer.from('\x01\x02NNN\x03')],
  ['hex', Buffer.from('\x01\x02HHHHH\x03')],
  ['operation', Buffer.from('\x01\x02OOOOOOOOOO\x03')],
  ['user', Buffer.from('\x01\x02UUUU\x03')],
  ['trace', Buffer.from('\x01\x02TTTTTTTTTTTTT\x03', 'latin1')],
  ['span', Buffer.from('\x01\x02SSSSS\x03', 'latin1')],
  ['ledger', Buffer.from('\x01\x02LLLLLLLLL\x03')],
];

const markOf = (kind: SlotKind): Buffer => {
  const found = MARKS.find(([name]) => name === kind);
  if (!found) throw new Error(`no mark for ${kind}`);
  return found[1];
};

function skeletonOf(options: OtlpLoadOptions, index: number): Skeleton {
  const request = new ProtobufWriter();
  const perResource = options.recordsPerRequest / RESOURCES_PER_REQUEST;
  for (let part = 0; part < RESOURCES_PER_REQUEST; part += 1) {
    const first = index * options.recordsPerRequest + Math.floor(part * perResource);
    const next = index * options.recordsPerRequest + Math.floor((part + 1) * perResource);
    request.bytes(
      1,
      resourceLogs(options, { first, next, part: index * RESOURCES_PER_REQUEST + part }),
    );
  }
  const bytes = request.finish();
  return { bytes, slots: slotsOf(bytes) };
}

function slotsOf(bytes: Buffer): Skeleton['slots'] {
  const found = MARKS.flatMap(([kind, mark]) => offsetsOf(bytes, mark).map((at) => ({ kind, at })));
  found.sort((a, b) => a.at - b.at);
  const records: { kind: SlotKind; at: number }[][] = [];
  let times = 0;
  for (const slot of found) {
    // Each record begins with its time and ends with its observed time.
    if (slot.kind === 'time') times += 1;
    if (slot.kind === 'time' && times % 2 === 1) records.push([]);
    records.at(-1)?.push(slot);
  }
  return records;
}

function offsetsOf(bytes: Buffer, mark: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + mark.length)) {
    offsets.push(at);
  }
  return offsets;
}

function resourceLogs(
  options: OtlpLoadOptions,
  { first, next, part }: { first: number; next: number; part: number },
): Buffer {
  const resource = new ProtobufWriter();
  resource.bytes(1, keyText('service.name', SERVICES[part % SERVICES.length] ?? ''));
  resource.bytes(1, keyText('host.name', HOSTS[(part * 5) % HOSTS.length] ?? ''));
  resource.bytes(1, keyText('deployment.environment.name', 'prod'));
  for (let index = 0; options.heavy && index < 34; index += 1) {
    resource.bytes(1, keyText(`k8s.label.${index}`, `value-${(part * 31 + index * 7) % 97}`));
  }
  const scope = new ProtobufWriter();
  scope.bytes(1, keyedName('openim/log'));
  for (let index = first; index < next; index += 1) scope.bytes(2, logRecord(options, index));
  const logs = new ProtobufWriter();
  logs.bytes(1, resource.finish());
  logs.bytes(2, scope.finish());
  return logs.finish();
}

function logRecord(options: OtlpLoadOptions, index: number): Buffer {
  const [severityText, severityNumber] = severityAt(index);
  const record = new ProtobufWriter();
  const time = markOf('time').readBigUInt64LE();
  record.fixed64(1, time);
  record.tag(2, 0).varint(severityNumber);
  record.text(3, severityText);
  record.bytes(5, anyText(bodyAt(options, index)));
  record.bytes(6, keyText('operationID', `op${markOf('operation').toString('latin1')}`));
  record.bytes(6, keyText('userID', markOf('user').toString('latin1')));
  record.bytes(6, keyText('caller', CALLERS[(index * 7) % CALLERS.length] ?? ''));
  record.bytes(6, keyInt('status', [200, 200, 200, 304, 404, 500][index % 6] ?? 0));
  // Not every record has every attribute.
  if (index % 4 === 1) record.bytes(6, keyInt('retry', index % 3));
  if (index % 7 === 2)
    record.bytes(6, keyText('platform', ['iOS', 'Android', 'Web'][index % 3] ?? ''));
  if (options.ledger) record.bytes(6, keyText('load.record', markOf('ledger').toString('latin1')));
  for (let extra = 0; options.heavy && extra < 26; extra += 1) {
    record.bytes(6, keyText(`attr.${extra}`, `v${(index * 13 + extra * 17) % 211}`));
  }
  if (index % 3 === 0) {
    record.bytes(9, markOf('trace'));
    record.bytes(10, markOf('span'));
  }
  record.fixed64(11, time);
  return record.finish();
}

function bodyAt(options: OtlpLoadOptions, index: number): string {
  const template = TEMPLATES[(index * 37 + (index >> 4)) % TEMPLATES.length] ?? '';
  const filled = template
    .replaceAll('{n}', markOf('number').toString('latin1'))
    .replaceAll('{h}', markOf('hex').toString('latin1'));
  if (!options.heavy || index % 5 !== 0) return filled;
  const words = ' goroutine running at handler.go stack frame'.repeat(1 + (index % 90));
  return `${filled}${words}`;
}

function severityAt(index: number): readonly [string, number] {
  let share = (index * 61) % 100;
  for (const [text, number, part] of SEVERITY_MIX) {
    if (share < part) return [text, number];
    share -= part;
  }
  return ['INFO', 9];
}

function keyedName(name: string): Buffer {
  const scope = new ProtobufWriter();
  scope.text(1, name);
  return scope.finish();
}

function anyText(value: string): Buffer {
  const any = new ProtobufWriter();
  any.text(1, value);
  return any.finish();
}

function keyText(key: string, value: string): Buffer {
  const pair = new ProtobufWriter();
  pair.text(1, key);
  pair.bytes(2, anyText(value));
  return pair.finish();
}

function keyInt(key: string, value: number): Buffer {
  const any = new ProtobufWriter();
  any.tag(3, 0).varint(value);
  const pair = new ProtobufWriter();
  pair.text(1, key);
  pair.bytes(2, any.finish());
  return pair.finish();
}
