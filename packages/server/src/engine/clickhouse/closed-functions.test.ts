import { describe, expect, test } from 'vitest';
import { refuseClosedFunctions } from './closed-functions.ts';

describe('refuseClosedFunctions', () => {
  test.each([
    "SELECT file('/etc/passwd')",
    "SELECT FILE ('x')",
    "SELECT `file`('x')",
    'SELECT "file" (\'x\')',
    "SELECT file/* */('x')",
    "SELECT file -- then\n('x')",
    "SELECT 1 + file('x')",
    "SELECT 'it''s' || file('x')",
    "SELECT 'it\\'s' || file('x')",
    "SELECT hasColumnInTable('127.0.0.1:1', 'a', 'b', 'c')",
  ])('refuses %s', (text) => {
    expect(() => refuseClosedFunctions(text)).toThrow(/not open to queries/);
  });

  test.each([
    'SELECT file FROM t',
    "SELECT 'file(1)'",
    "SELECT profile('x')",
    'SELECT my_file(1)',
    "SELECT 1 -- file('x')",
    'SELECT `code.file.path` FROM t WHERE (1)',
  ])('lets %s pass', (text) => {
    expect(() => refuseClosedFunctions(text)).not.toThrow();
  });
});
