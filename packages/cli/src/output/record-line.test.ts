import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleRecord } from '../testing/sample-record.ts';
import { createOutput, type Output } from './output.ts';
import { RecordPrinter, timeText } from './record-line.ts';
import { widthOf } from './width.ts';

function terminal(
  columns: number,
  environment: Record<string, string> = { NO_COLOR: '1' },
): Output {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns });
  return createOutput(stream, { environment, noColor: false });
}

const piped = createOutput(new PassThrough(), { environment: {}, noColor: false });
const zone = process.env['TZ'];

beforeAll(() => {
  process.env['TZ'] = 'Asia/Shanghai';
});
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

describe('RecordPrinter', () => {
  test('piped: one whole line, full time, no colours', () => {
    const record = sampleRecord({ body: 'failed:\n\tat x\u001b[31m', operationId: 'op-1' });
    expect(new RecordPrinter(piped, { full: false }).print(record)).toBe(
      '2026-06-02T16:54:03.101+08:00  openim-msggateway  E  failed:␊␉at x␛[31m  operationID=op-1 code=500 err="context deadline exceeded"',
    );
  });

  test('what the journal notes of each entry is shown where all is asked for', () => {
    const attributes = { _BOOT_ID: '0b81', SYSLOG_FACILITY: '3', JOB_TYPE: 'start' };
    const record = sampleRecord({ attributes });
    expect(new RecordPrinter(piped, { full: false }).print(record)).toMatch(
      /SendMsg failed {2}JOB_TYPE=start$/,
    );
    expect(new RecordPrinter(piped, { full: true }).print(record)).toContain('_BOOT_ID=0b81');
  });

  test.each([40, 80, 120])('on a terminal of %i columns a line fits', (columns) => {
    const printer = new RecordPrinter(terminal(columns), { full: false });
    const record = sampleRecord({ body: '消息发送失败，请稍后再试 '.repeat(9) });
    const line = printer.print(record);
    expect(line).not.toContain('\n');
    // A narrow terminal leaves the message at least twenty columns.
    expect(widthOf(line)).toBeLessThanOrEqual(Math.max(columns, 66));
  });

  test('columns align over records', () => {
    const printer = new RecordPrinter(terminal(100), { full: false });
    const lines = [sampleRecord(), sampleRecord({ serviceName: 'api', severityNumber: 13 })].map(
      (record) => printer.print(record),
    );
    expect(lines).toEqual([
      '06-02 16:54:03.101  openim-msggateway  E  rpc call SendMsg failed  code=500 err="context deadline e…',
      '06-02 16:54:03.101  api                W  rpc call SendMsg failed  code=500 err="context deadline e…',
    ]);
  });

  test('full: all lines, and none that could be taken for a record', () => {
    const printer = new RecordPrinter(terminal(80), { full: true });
    const body = 'first\n06-02 09:14:03.101  auth  I  forged';
    const lines = printer.print(sampleRecord({ body })).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines.filter((line) => /^\d/.test(line))).toHaveLength(1);
  });

  test('colours only on a terminal that wants them', () => {
    const coloured = new RecordPrinter(terminal(80, {}), { full: false }).print(sampleRecord());
    expect(coloured).toContain('\u001b[31mE');
    for (const environment of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const plain = new RecordPrinter(terminal(80, environment), { full: false }).print(
        sampleRecord(),
      );
      expect(plain).not.toContain('\u001b');
    }
  });

  test('hostile names of services and attributes are as harmless as messages', () => {
    const printer = new RecordPrinter(terminal(200), { full: false });
    const line = printer.print(
      sampleRecord({
        serviceName: 'a\u001b[2Jb',
        attributes: { 'k\u202e': 'v\r', 'two words': 'a b' },
      }),
    );
    expect(line).toContain('a␛[2Jb');
    expect(line).toContain('k⟨202E⟩=v␍');
    expect(line).toContain('"two words"="a b"');
  });
});

describe('timeText', () => {
  test('keeps milliseconds in the zone of this machine', () => {
    expect(timeText('1780390443101999999', false)).toBe('2026-06-02T16:54:03.101+08:00');
    expect(timeText('1780390443101999999', true)).toBe('06-02 16:54:03.101');
  });
});
