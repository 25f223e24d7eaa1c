import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecordAssembler, SILENT_LINES_MAX, type AssembledRecord } from './record-assembler.ts';

const HEAD = '2026-06-02 09:14:03 ERROR failed';
const FRAME = '\tat com.acme.Im.send(Im.java:42)';

function assembled(lines: readonly string[]): AssembledRecord[] {
  const records: AssembledRecord[] = [];
  const assembler = new RecordAssembler((record) => records.push(record));
  for (const line of lines) assembler.push(line);
  assembler.flush();
  return records;
}

function cri(stream: string, text: string, tag = 'F'): string {
  return `2026-06-02T09:14:03.109000001Z ${stream} ${tag} ${text}`;
}

function textsOf(lines: readonly string[]): string[] {
  return assembled(lines).map(({ text }) => text);
}

describe('RecordAssembler', () => {
  test('joins streams that stand between each other, in the order they begin in', () => {
    const lines = [HEAD, HEAD, FRAME, FRAME, FRAME, HEAD].map((text, index) =>
      cri(index % 2 === 0 ? 'stdout' : 'stderr', text),
    );
    expect(textsOf(lines)).toEqual([`${HEAD}\n${FRAME}\n${FRAME}`, `${HEAD}\n${FRAME}`, HEAD]);
  });

  test('puts the parts of cut lines together before anything is joined', () => {
    const lines = [
      cri('stdout', '2026-06-02 09:14', 'P'),
      cri('stderr', 'x'),
      cri('stdout', ':03 ERR', 'P'),
      cri('stdout', 'OR failed'),
      cri('stdout', FRAME),
    ];
    const [record] = assembled(lines);
    expect(record).toMatchObject({ text: `${HEAD}\n${FRAME}`, lineCount: 4 });
    expect(record?.raw.split('\n')).toEqual(lines.filter((line) => line.includes('stdout')));
  });

  test('parts without an end are a record when nothing more comes', () => {
    expect(textsOf([cri('stdout', 'begun', 'P')])).toEqual(['begun']);
  });

  test('a cut line grows to 2 MiB and not past it', () => {
    const part = 'x'.repeat(1024 * 1024);
    const counts = assembled(Array<string>(5).fill(cri('stdout', part, 'P'))).map(
      ({ lineCount }) => lineCount,
    );
    expect(counts).toEqual([2, 2, 1]);
  });

  test('undoes wrappers within wrappers and keeps what each says', () => {
    const inner = '2026-06-02T01:14:04.109000001Z GET ok';
    const [record] = assembled([`2026-06-02T01:14:05.1234567Z api-1  | ${inner}`]);
    expect(record?.text).toBe('GET ok');
    expect(record?.origin).toMatchObject({
      transports: ['github-actions', 'compose'],
      timeNs: BigInt(Date.UTC(2026, 5, 2, 1, 14, 4)) * 1_000_000n + 109_000_001n,
      service: 'api',
    });
  });

  test('ends the record of an origin that is silent for long', () => {
    const others = Array<string>(SILENT_LINES_MAX + 1).fill(cri('stdout', HEAD));
    const late = [cri('stderr', HEAD), ...others, cri('stderr', FRAME)];
    const texts = textsOf(late);
    expect(texts[0]).toBe(HEAD);
    expect(texts.at(-1)).toBe(FRAME);
    const soon = [cri('stderr', HEAD), ...others.slice(2), cri('stderr', FRAME)];
    expect(textsOf(soon)[0]).toBe(`${HEAD}\n${FRAME}`);
  });

  test('says of each line which one begins its record', () => {
    const assembler = new RecordAssembler(() => undefined);
    const lines = [cri('stdout', HEAD), cri('stderr', 'a', 'P'), cri('stdout', FRAME)];
    const numbers = [...lines, cri('stderr', 'b'), HEAD, FRAME, ''].map((line) =>
      assembler.push(line),
    );
    expect(numbers).toEqual([0, 1, 0, 1, 4, 4, 4]);
    expect(assembler.originCount).toBe(3);
  });

  test('a record comes out as soon as none that began before it may grow', () => {
    const texts: string[] = [];
    const assembler = new RecordAssembler(({ text }) => texts.push(text));
    for (const line of [cri('stdout', HEAD), cri('stdout', 'second'), cri('stderr', 'third')]) {
      assembler.push(line);
    }
    expect(texts).toEqual([HEAD]);
    assembler.push(cri('stderr', 'fourth'));
    expect(texts).toEqual([HEAD]);
    assembler.push(cri('stdout', 'fifth'));
    assembler.push(cri('stderr', 'sixth'));
    expect(texts).toEqual([HEAD, 'second', 'third', 'fourth']);
  });

  test('loses no line and keeps the order of each origin, whatever stands between what', () => {
    const line = fc.record({
      origin: fc.constantFrom('stdout', 'stderr', 'api-1  | ', ''),
      text: fc.constantFrom(HEAD, FRAME, 'plain', 'panic: x', 'goroutine 1 [running]:', ''),
      isPartial: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (written) => {
        const lines = written.map(({ origin, text, isPartial }, number) =>
          origin.startsWith('std')
            ? cri(origin, `${text} ${number}`, isPartial ? 'P' : 'F')
            : `${origin}${text} ${number}`,
        );
        const kept = assembled(lines).flatMap(({ raw }) => raw.split('\n'));
        expect(kept.toSorted()).toEqual(lines.toSorted());
        for (const origin of ['stdout', 'stderr', 'api-1']) {
          const isOfIt = (text: string): boolean => text.includes(origin);
          expect(kept.filter(isOfIt)).toEqual(lines.filter(isOfIt));
        }
      }),
    );
  });
});
