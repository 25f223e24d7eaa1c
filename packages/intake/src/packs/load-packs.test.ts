/** Packs that users write: what is wrong with them is said with file and line, and what is right works. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FormatDetector } from '../format-table.ts';
import { EXAMPLE_CONTEXT } from './check-examples.ts';
import { checkPacks, fillPack } from './check-packs.ts';
import {
  formatsWith,
  knownErrorsOf,
  loadPacks,
  problemText,
  readPacks,
  type LoadPacksOptions,
  type Packs,
} from './load-packs.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tendril-packs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

const OWN: LoadPacksOptions = { shipped: false };

function read(options: LoadPacksOptions = OWN): Packs {
  return readPacks({ folders: [folder], ...options });
}

function problems(options: LoadPacksOptions = OWN): readonly string[] {
  const found = checkPacks(read(options), ({ folder: { origin } }) => origin === 'user');
  return found.map((each) => problemText({ ...each, file: relative(folder, each.file) }));
}

const PACK = 'title: Gate\n';
const GATE = `- id: gate
  title: Gate
  service: gate
  line: '^(?<time>\\d\\d\\.\\d\\d\\.\\d{4} \\d\\d:\\d\\d) (?<severity>[A-Z]+) gate (?<gate>\\d+): (?<body>.*)$'
  time: dd.MM.yyyy HH:mm
  severity: { ALARM: fatal }
  attributes: { gate.number: { capture: gate, as: number } }
  examples:
    - line: '02.06.2026 09:14 ALARM gate 7: does not close'
      time: 2026-06-02T09:14:00Z
      severity: fatal
      body: does not close
      attributes: { gate.number: 7 }
`;

describe('packs of a user', () => {
  test('have formats that read lines, before those of Tendril', () => {
    write({ 'gate/pack.yaml': PACK, 'gate/formats.yaml': GATE });
    expect(problems({ shipped: true })).toEqual([]);
    const table = formatsWith(read({ shipped: true }));
    const line = '02.06.2026 09:15 WARN gate 8: slow\nsecond line';
    const recognised = new FormatDetector(table).recognise(line, EXAMPLE_CONTEXT);
    expect(recognised?.format).toMatchObject({ name: 'gate', serviceHint: 'gate' });
    expect(recognised?.parsed).toMatchObject({ severityNumber: 13, body: 'slow\nsecond line' });
  });

  test('may be one pack, or a folder of them', () => {
    write({ 'pack.yaml': PACK, 'formats.yaml': GATE });
    expect([...read().formats.keys()]).toEqual(['gate']);
  });

  test('replace formats and errors by id, and turn them off', () => {
    write({
      'gate/pack.yaml': PACK,
      'gate/formats.yaml': `${GATE.replaceAll('id: gate', 'id: redis')}\n- { id: kafka, off: true }\n`,
      'gate/errors.yaml': '- { id: redis.loading, off: true }\n',
    });
    expect(problems({ shipped: true })).toEqual([]);
    const packs = read({ shipped: true });
    expect(packs.formats.get('redis')?.pack.folder.origin).toBe('user');
    expect(packs.formats.has('kafka')).toBe(false);
    const loading = 'LOADING Redis is loading the dataset in memory';
    const record = { body: loading, serviceName: '', attributes: new Map() };
    expect(knownErrorsOf(packs).match(record)).toEqual([]);
  });

  test('add codes to tables, and replace those that are there', () => {
    write({
      'gate/pack.yaml': PACK,
      'gate/codes.yaml': `- id: websocket.close
  title: Close codes
  keys: [code]
  codes:
    - { code: 4100, name: GATE, kind: refusal, meaning: gate is closed }
    - { code: 1000, name: Done, kind: ok, meaning: over and out }
`,
    });
    const known = knownErrorsOf(read({ shipped: true }));
    expect(known.explain('4100')).toMatchObject([{ code: { meaning: { zh: 'gate is closed' } } }]);
    expect(known.explain('1000', 'websocket.close')).toMatchObject([{ code: { name: 'Done' } }]);
    expect(known.explain('1006', 'websocket.close')).toHaveLength(1);
  });

  test.each<readonly [string, string, string]>([
    ['no list', 'id: x\n', 'formats.yaml:1:1: must be a list, each entry with an id'],
    [
      'a key that is misspelt',
      GATE.replace('service: gate', 'servise: gate'),
      'formats.yaml:3:3: unknown key "servise"',
    ],
    ['no title', GATE.replace('  title: Gate\n', ''), 'formats.yaml:1:3: title is missing'],
    [
      'a severity that is none',
      GATE.replace('ALARM: fatal', 'ALARM: loud'),
      'formats.yaml:6:15: severity.ALARM: Invalid option: expected one of "trace"|"debug"|"info"|"warn"|"error"|"fatal"',
    ],
    [
      'a capture that goes nowhere',
      GATE.replace(/ {2}attributes.*\n(?= {2}ex)/, ''),
      'formats.yaml:4:3: the capture "gate" goes nowhere: name it in attributes or resource',
    ],
    [
      'a capture that is not there',
      GATE.replace('capture: gate', 'capture: gat'),
      'formats.yaml:4:3: there is no capture "gat"',
    ],
    [
      'a layout that is none',
      GATE.replace('dd.MM.yyyy HH:mm', 'dd.QQ.yyyy'),
      'formats.yaml:5:3: "dd.QQ.yyyy" is no layout of a time: write yyyy MM dd HH mm ss SSS Z',
    ],
    [
      'an id of Tendril',
      GATE.replace('id: gate', 'id: json'),
      'formats.yaml:1:3: "json" is a format of Tendril itself: take another id',
    ],
    ['an id twice', `${GATE}${GATE}`, 'formats.yaml:14:3: the id "gate" is taken'],
    [
      'an example that gives something else',
      GATE.replace('body: does not close', 'body: closes'),
      'formats.yaml:9:7: body not as expected; the line gives body: "does not close"',
    ],
    [
      'an example of another format',
      GATE.replace(/- line: .*\n[^]*$/, `- line: '{"msg":"x"}'\n`),
      'formats.yaml:9:7: this line is taken for "json"',
    ],
    [
      'YAML that is none',
      `${GATE}  x: [1\n`,
      'formats.yaml:15:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ])('%s is said with file, line and column', (_name, formats, problem) => {
    write({ 'pack.yaml': PACK, 'formats.yaml': formats });
    expect(problems()[0]).toBe(problem);
  });

  test('an expression that cannot be used is said, whatever the engine says', () => {
    write({ 'pack.yaml': PACK, 'formats.yaml': GATE.replace('(?<body>.*)', '(?=x)(?<body>.*)') });
    expect(problems()[0]).toMatch(/^formats\.yaml:4:3: cannot use this expression: /);
  });

  test('errors need a text to be looked for, and are found in their examples', () => {
    const error = (match: string, more = ''): string => `- id: gate.stuck
  title: Gate is stuck
  level: error
  match: [${match}]
  cause: Ice
  action: Salt
${more}`;
    write({ 'pack.yaml': PACK, 'errors.yaml': error("{ pattern: 'gate \\\\d+' }") });
    expect(problems()[0]).toMatch(/^errors\.yaml:4:11: match\.0: needs a text/);
    write({
      'errors.yaml': error(
        '{ text: gate }',
        "  examples: ['door is stuck']\n  others: ['gate opens']\n",
      ),
    });
    expect(problems()).toEqual([
      'errors.yaml:7:14: not found in this example',
      'errors.yaml:8:12: found in what is none',
    ]);
  });

  test('files that nobody reads are said', () => {
    write({ 'pack.yaml': PACK, 'format.yaml': GATE });
    expect(problems()).toEqual([
      'format.yaml: is read by nobody; a pack has pack.yaml, formats.yaml, errors.yaml, codes.yaml',
    ]);
  });

  test('expressions take linear time whatever they say', () => {
    const evil = GATE.replace('(?<body>.*)$', '(?<body>(?:(?:a|a)*)*)b$').replace(
      / {2}examples[^]*/,
      '',
    );
    write({ 'pack.yaml': PACK, 'formats.yaml': `${evil}  examples:\n    - line: x\n` });
    const format = read().formats.get('gate')?.format;
    const line = `02.06.2026 09:14 WARN gate 7: ${'a'.repeat(50_000)}`;
    expect(format?.parse(line, EXAMPLE_CONTEXT)).toBeUndefined();
  });

  test('examples that have only a line are filled in, and nothing else is touched', () => {
    const bare = GATE.replace(/\n {6}time: 2026[^]*$/, '\n# end\n').replace(
      '  examples:',
      '  # as the gate writes it\n  examples:',
    );
    write({ 'pack.yaml': PACK, 'formats.yaml': bare });
    expect(problems()[0]).toContain('not as expected');
    const packs = read();
    const [pack] = packs.packs;
    expect(pack && fillPack(packs, pack)).toBe(1);
    expect(problems()).toEqual([]);
    const filled = read();
    expect(filled.packs[0] && fillPack(filled, filled.packs[0])).toBe(0);
  });

  test('anything wrong stops who wants to work with them', () => {
    write({ 'pack.yaml': PACK, 'formats.yaml': GATE.replace('title: Gate', 'titel: Gate') });
    expect(() => loadPacks({ folders: [folder], shipped: false })).toThrow(
      /formats\.yaml:1:3: title is missing \(and 1 more: tendril pack check\)/,
    );
    expect(() => loadPacks({ folders: [join(folder, 'none')] })).toThrow(/cannot read packs in/);
  });

  test('a file beyond 2 MiB and a list beyond 2,000 entries are refused', () => {
    write({ 'pack.yaml': PACK, 'formats.yaml': `${GATE}${'#'.repeat(2 * 1024 * 1024)}` });
    expect(problems()[0]).toMatch(/^formats\.yaml: has \d+ bytes, the limit is 2097152$/);
    const many = (count: number): string =>
      Array.from({ length: count }, (_, index) => `- { id: x${index}, off: true }\n`).join('');
    write({ 'formats.yaml': many(2001) });
    expect(problems()).toEqual(['formats.yaml:1:1: has 2001 entries, the limit is 2000']);
    write({ 'formats.yaml': many(2000) });
    expect(problems()).toHaveLength(2000);
  });
});
