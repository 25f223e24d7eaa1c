import { describe, expect, test } from 'vitest';
import type { LineFormat, ParsedLine } from './format.ts';
import { FormatDetector, FormatTable } from './format-table.ts';
import { UTC } from './zone.ts';

const CONTEXT = { zone: UTC, asOfNs: 0n };

function parsedAs(body: string): ParsedLine {
  return {
    timeNs: undefined,
    severityText: '',
    severityNumber: 0,
    body,
    eventName: '',
    scopeName: '',
    attributes: new Map(),
    resource: undefined,
  };
}

type Shape = Omit<LineFormat, 'parse'> & { readonly knows: RegExp };

/** A format that knows lines by a pattern and notes what it was asked. */
function formatOf({ knows, ...shape }: Shape, asked: string[] = []): LineFormat {
  return {
    ...shape,
    parse(line) {
      asked.push(shape.name);
      return knows.test(line) ? parsedAs(line) : undefined;
    },
  };
}

const TEXT = formatOf({ name: 'text', specificity: 'fallback', knows: /^/ });

function namesOf(detector: FormatDetector, lines: readonly string[]): (string | undefined)[] {
  return lines.map((line) => detector.recognise(line, CONTEXT)?.format.name);
}

describe('FormatDetector', () => {
  test('asks specific formats before generic ones, whatever the order they are given in', () => {
    const json = formatOf({ name: 'json', specificity: 'generic', knows: /^\{/ });
    const zap = formatOf({ name: 'zap', specificity: 'specific', knows: /"caller"/ });
    const detector = new FormatDetector(new FormatTable([TEXT, json, zap]));
    const lines = ['{"a":1}', '{"a":2}', '{"caller":1}', '{"a":3}', 'text', '{"caller":2}'];
    expect(namesOf(detector, lines)).toEqual(['json', 'json', 'zap', 'json', 'text', 'zap']);
  });

  test('asks the format of the last specific line first', () => {
    const asked: string[] = [];
    const first = formatOf({ name: 'first', specificity: 'specific', knows: /^1/ }, asked);
    const second = formatOf({ name: 'second', specificity: 'specific', knows: /^[12]/ }, asked);
    const detector = new FormatDetector(new FormatTable([first, second, TEXT]));
    expect(namesOf(detector, ['2', '2', '1'])).toEqual(['second', 'second', 'second']);
    expect(asked).toEqual(['first', 'second', 'second', 'second']);
  });

  test('does not ask a format whose gate a line fails', () => {
    const asked: string[] = [];
    const gates = [
      { name: 'brace', gate: { first: '{[' } },
      { name: 'both', gate: { contains: ['alpha', 'beta'] } },
      { name: 'one', gate: { first: 'ab', containsAny: ['gamma', 'delta'] } },
    ];
    const formats = gates.map((gate) =>
      formatOf({ ...gate, specificity: 'specific', knows: /^never/ }, asked),
    );
    const detector = new FormatDetector(new FormatTable([...formats, TEXT]));
    namesOf(detector, ['plain', 'alpha', '登录 alpha', '', 'beta', 'x gamma']);
    expect(asked).toEqual([]);
    namesOf(detector, ['[x', 'beta alpha', 'a delta', '中 alpha beta']);
    expect(asked).toEqual(['brace', 'both', 'one', 'both']);
  });

  test('asks about the message of an envelope again, and joins what both say', () => {
    const envelope: LineFormat = {
      name: 'syslog',
      specificity: 'specific',
      isEnvelope: true,
      parse: (line) =>
        line.startsWith('host: ')
          ? {
              ...parsedAs(line.slice('host: '.length)),
              timeNs: 1n,
              severityNumber: 9,
              severityText: 'info',
              attributes: new Map([['a', 'outer']]),
              resource: new Map([['host.name', 'im1']]),
            }
          : undefined,
    };
    const json: LineFormat = {
      name: 'json',
      specificity: 'generic',
      parse: (line) =>
        line.startsWith('{')
          ? {
              ...parsedAs('message'),
              severityNumber: 17,
              severityText: 'error',
              attributes: new Map([['a', 'inner']]),
            }
          : undefined,
    };
    const detector = new FormatDetector(new FormatTable([envelope, json, TEXT]));
    expect(detector.recognise('host: {"a":1}', CONTEXT)).toEqual({
      format: json,
      parsed: {
        ...parsedAs('message'),
        timeNs: 1n,
        severityNumber: 17,
        severityText: 'error',
        attributes: new Map([['a', 'inner']]),
        resource: new Map([['host.name', 'im1']]),
      },
    });
    expect(detector.recognise('host: words', CONTEXT)).toMatchObject({
      format: { name: 'syslog' },
      parsed: { body: 'words', severityNumber: 9 },
    });
  });

  test('knows no line when no format does', () => {
    expect(new FormatDetector(new FormatTable([])).recognise('x', CONTEXT)).toBeUndefined();
  });
});

describe('FormatTable', () => {
  const specific = (name: string): LineFormat =>
    formatOf({ name, specificity: 'specific', knows: /^/ });

  test('formats that are added go before those of the same specificity', () => {
    const table = new FormatTable([specific('built-in'), TEXT]).with([specific('own')]);
    expect(table.formats.map(({ name }) => name)).toEqual(['own', 'built-in', 'text']);
  });

  test('one format alone still has the fallback, and an unknown name is none', () => {
    const table = new FormatTable([specific('a'), specific('b'), TEXT]);
    expect(table.only('b')?.formats.map(({ name }) => name)).toEqual(['b', 'text']);
    expect(table.only('text')?.formats.map(({ name }) => name)).toEqual(['text']);
    expect(table.only('c')).toBeUndefined();
  });
});
