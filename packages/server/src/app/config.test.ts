import { readFileSync, writeFileSync } from 'node:fs';
import { loadSettings } from '@tendril/config/load';
import { referencePage } from '@tendril/config/reference';
import { describe, expect, test } from 'vitest';
import { SERVER_SETTINGS } from './config.ts';

const PAGE = new URL('../../../../docs/configuration.md', import.meta.url);

describe('configuration', () => {
  test('the reference page shows every setting as it is', () => {
    const page = referencePage(SERVER_SETTINGS);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });

  test('listens on loopback unless told otherwise', () => {
    const { values } = loadSettings(SERVER_SETTINGS, { flags: {}, environment: {} });
    expect(values.host).toBe('127.0.0.1');
    expect(values['receivers.otlp-http.listen']).toEqual({ host: '127.0.0.1', port: 4318 });
  });

  test('an empty address turns a receiver off', () => {
    const { values } = loadSettings(SERVER_SETTINGS, {
      flags: { 'receivers-otlp-grpc-listen': '' },
      environment: {},
    });
    expect(values['receivers.otlp-grpc.listen']).toBeUndefined();
  });
});
