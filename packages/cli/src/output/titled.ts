import type { Output } from './output.ts';

/** A part of what a command says, under its heading. */
export function titled(title: string, lines: readonly string[], stdout: Output): string[] {
  return ['', stdout.style('bold', title), ...lines.map((line) => `  ${line}`)];
}
