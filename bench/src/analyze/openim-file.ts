/** A large log of OpenIM: real lines of several generations, again and again, with other times and other values. */
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { seededRandom } from '../faults/seeded-random.ts';

const SAMPLES = resolve(
  import.meta.dirname,
  '../../../packages/intake/src/formats/conformance/testdata',
);
const NAMES = [
  '01-openim-plain-ansi-new.log',
  '02-openim-v383-version-newline.log',
  '04-openim-plain-ansi-v32-v36.log',
];
const TIME = /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})(?=\t)/;
/** Ids, addresses, counts: two digits or more in a row. */
const NUMBER = /\d{2,}/g;
const BEGIN_MS: number = Date.UTC(2026, 5, 2);
const MS_PER_LINE = 25;

export async function writeOpenimFile(path: string, bytes: number): Promise<void> {
  const lines = await sampleLines();
  const random = seededRandom(1);
  const file = createWriteStream(path, { highWaterMark: 1024 * 1024 });
  let nowMs = BEGIN_MS;
  for (let written = 0; written < bytes;) {
    const parts: string[] = [];
    for (const line of lines) {
      nowMs += Math.floor(random() * 2 * MS_PER_LINE);
      parts.push(varied(line, nowMs, random));
    }
    const text = `${parts.join('\n')}\n`;
    written += Buffer.byteLength(text);
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

async function sampleLines(): Promise<string[]> {
  const texts = await Promise.all(NAMES.map((name) => readFile(resolve(SAMPLES, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
}

/** Only what stands after the columns changes: process ids and places in the code stay the same. */
function varied(line: string, nowMs: number, random: () => number): string {
  const time = new Date(nowMs).toISOString().replace('T', ' ').slice(0, -1);
  const timed = line.replace(TIME, time);
  const fields = timed.indexOf('{');
  if (fields < 0) return timed;
  const others = timed
    .slice(fields)
    .replaceAll(NUMBER, (digits) => randomDigits(digits.length, random));
  return timed.slice(0, fields) + others;
}

function randomDigits(length: number, random: () => number): string {
  const digits = Math.min(length, 15);
  return String(Math.floor((0.1 + random() * 0.9) * 10 ** digits)).padStart(length, '1');
}
