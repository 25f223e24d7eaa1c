import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadSettings, type LoadOptions } from './load.ts';
import { referencePage } from './reference.ts';
import { section, setting, type ValuesOf } from './settings.ts';
import {
  address,
  boolean,
  byteSize,
  duration,
  integer,
  list,
  optional,
  secret,
  text,
} from './value-type.ts';

const SETTINGS = {
  dataDir: setting(text, './data', 'Where.'),
  ...section('retention', {
    days: setting(integer({ min: 1, max: 3_650 }), 30, 'How long.'),
    bytesMax: setting(optional(byteSize({ min: 1024, max: 1024 ** 5 })), undefined, 'How much.'),
  }),
  ...section('receivers.otlp-http', {
    listen: setting(address, { host: '127.0.0.1', port: 4318 }, 'Where.'),
  }),
  ...section('access', { allowedHosts: setting(list, [], 'Names.') }),
  ...section('wal', { wait: setting(duration({ min: 0, max: 60_000 }), 1_000, 'Wait.') }),
  redact: setting(boolean, true, 'Hide.'),
};

function load(options: Partial<LoadOptions> & { yaml?: string }): ValuesOf<typeof SETTINGS> {
  return loadSettings(SETTINGS, {
    flags: {},
    environment: {},
    file: fileOf(options.yaml),
    ...options,
  }).values;
}

function fileOf(yaml = ''): string {
  const file = join(mkdtempSync(join(tmpdir(), 'tendril-config-')), 'tendril.yaml');
  writeFileSync(file, yaml);
  return file;
}

describe('loadSettings', () => {
  test('takes flags before variables before the file before defaults', () => {
    const yaml = 'retention:\n  days: 7\nwal:\n  wait: 5s\ndataDir: /a\n';
    const values = load({
      yaml,
      environment: { TENDRIL_DATA_DIR: '/b', TENDRIL_WAL_WAIT: '2s' },
      flags: { 'data-dir': '/c' },
    });
    expect(values).toMatchObject({
      dataDir: '/c',
      'wal.wait': 2_000,
      'retention.days': 7,
      redact: true,
    });
  });

  test('reads sizes, addresses and lists', () => {
    const values = load({
      yaml: 'access:\n  allowedHosts: [a.example, b.example]\nreceivers:\n  otlp-http:\n    listen: "[::1]:9"\n',
      flags: { 'retention-bytes-max': '2GiB' },
    });
    expect(values['access.allowedHosts']).toEqual(['a.example', 'b.example']);
    expect(values['receivers.otlp-http.listen']).toEqual({ host: '::1', port: 9 });
    expect(values['retention.bytesMax']).toBe(2 * 1024 ** 3);
  });

  test('names line and column of an unknown key, and what was probably meant', () => {
    expect(() => load({ yaml: 'retention:\n  dayz: 7\n' })).toThrow(
      /tendril\.yaml:2:3: there is no setting "retention\.dayz"; did you mean "retention\.days"\?/,
    );
  });

  test('names the place of a wrong value and what is expected', () => {
    expect(() => load({ yaml: 'retention:\n  days: soon\n' })).toThrow(
      /tendril\.yaml:2:9: retention\.days is "soon", but must be a whole number from 1 to 3650/,
    );
    expect(() => load({ environment: { TENDRIL_RETENTION_DAYS: '0' } })).toThrow(
      /TENDRIL_RETENTION_DAYS/,
    );
  });

  test.each([
    [
      'a value where a section belongs',
      'retention: 5\n',
      /tendril\.yaml:1:12: retention must be a section/,
    ],
    ['an alias', 'a: &x 1\n', /there is no setting "a"/],
    [
      'an alias as a value',
      'dataDir: &x /a\nretention:\n  days: *x\n',
      /2|3:9: retention\.days must be/,
    ],
    ['a list of lists', 'access:\n  allowedHosts: [[a]]\n', /2:17: access\.allowedHosts must be/],
    ['a file that is one word', 'hello\n', /the file must be keys and values/],
    ['a key twice', 'dataDir: /a\ndataDir: /b\n', /unique/],
    ['a key of every object', '__proto__: 1\nconstructor: 2\n', /there is no setting "__proto__"/],
  ])('refuses %s', (_what, yaml, message) => {
    expect(() => load({ yaml })).toThrow(message);
  });

  test('an empty section is as if it were not there', () => {
    expect(load({ yaml: 'retention:\n' })['retention.days']).toBe(30);
  });

  test('never shows a secret, even a wrong one', () => {
    const pin = { ...secret, parse: () => undefined };
    const settings = { pin: setting(optional(pin), undefined, 'Hidden.') };
    const options = { flags: {}, environment: { TENDRIL_PIN: 'hunter2' }, file: fileOf() };
    expect(() => loadSettings(settings, options)).toThrow(/TENDRIL_PIN: pin is "•••"/);
    expect(referencePage({ pin: setting(secret, 'hunter2', 'Hidden.') })).not.toContain('hunter2');
  });

  test('refuses an unknown flag and a missing file', () => {
    expect(() => load({ flags: { datadir: 'x' } })).toThrow(/did you mean "data-dir"/);
    expect(() => load({ file: '/nowhere/tendril.yaml' })).toThrow(/cannot read/);
  });

  test('warns of an unknown variable, but not of those Kubernetes makes', () => {
    const { warnings } = loadSettings(SETTINGS, {
      flags: {},
      environment: {
        TENDRIL_RETENTION_DAY: '3',
        TENDRIL_SERVICE_HOST: '10.0.0.1',
        TENDRIL_PORT: 'tcp://10.0.0.1:7700',
        TENDRIL_TOKEN: 'x',
      },
      file: fileOf(),
    });
    expect(warnings).toEqual([
      'environment: there is no setting "TENDRIL_RETENTION_DAY"; did you mean "TENDRIL_RETENTION_DAYS"?',
    ]);
  });

  test('fails with a Failure or not at all, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.string(), (yaml) => {
        try {
          load({ yaml });
        } catch (error) {
          expect(error).toMatchObject({ name: 'Failure' });
        }
      }),
      { numRuns: 50 },
    );
  });

  test('the reference page has a line for each setting', () => {
    const page = referencePage(SETTINGS);
    for (const key of Object.keys(SETTINGS)) expect(page).toContain(`\`${key}\``);
  });
});
