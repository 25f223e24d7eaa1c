/**
 * What a few words mean beside a value, by what they are and not by where they stand. Found by
 * the hash that a word has anyway.
 */
import { wordHash } from './line-tokens.ts';

/** `12 ms`: belongs to the number before it. */
export const UNIT = 1;
/** `Sat Dec 4`: belongs to the number after it. */
export const CALENDAR = 2;
export const PREPOSITION = 4;
/** `user root`: a name follows. */
export const PERSON = 8;
/** `db.example.com`: ends the name of a host. */
export const TOP_LEVEL = 16;
/** The same, below another label: `a.pl` is a file. */
export const COUNTRY = 32;

const WORDS: readonly (readonly [number, string])[] = [
  [
    UNIT,
    `ns us ms s sec secs second seconds millisecond milliseconds microsecond microseconds nanosecond
    nanoseconds msec msecs usec min mins minute minutes h hr hrs hour hours day days week weeks
    b byte bytes bit bits k kb mb gb tb pb kib mib gib tib kbps mbps gbps hz khz mhz ghz
    am pm utc gmt edt est cdt cst mdt mst pdt pst cet cest jst ist`,
  ],
  [
    CALENDAR,
    `mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday
    jan feb mar apr may jun jul aug sep oct nov dec
    january february march april june july august september october november december`,
  ],
  [PREPOSITION, 'for from by to on at via'],
  [PERSON, 'user username'],
  [
    TOP_LEVEL,
    'com org net edu gov mil biz io arpa local localdomain internal intranet lan svc consul',
  ],
  // Without those that end names in code: `task.id`, `a.so`.
  [
    COUNTRY,
    `ar au br ca ch cn cz de dk es eu fi fr gr hk hu il jp kr mx nl nz ph pl pt ro ru se sg th tr tw
    ua uk us vn za`,
  ],
];

/** Ten times as many places as words, so that most look-ups end at the first. */
const TABLE_BITS = 13;

const hashes = new Int32Array(1 << TABLE_BITS);
const roles = new Uint8Array(1 << TABLE_BITS);

for (const [role, words] of WORDS) {
  for (const word of words.split(/\s+/)) {
    const capital = word.charAt(0).toUpperCase() + word.slice(1);
    // `MB`, `Mb` and `mB`; longer words are written in the usual ways.
    const last = word.slice(0, -1) + word.slice(-1).toUpperCase();
    for (const form of new Set([word, capital, last, word.toUpperCase()])) put(form, role);
  }
}

function put(word: string, role: number): void {
  const bytes = Buffer.from(word);
  const hash = wordHash(bytes, 0, bytes.length);
  const place = placeOf(hash);
  hashes[place] = hash;
  roles[place] = (roles[place] ?? 0) | role;
}

/** Bits; 0 for nearly all words. */
export function roleOfHash(hash: number): number {
  return roles[placeOf(hash)] ?? 0;
}

// Where the word is, or a free place.
function placeOf(hash: number): number {
  let place = hash >>> (32 - TABLE_BITS);
  while (roles[place] !== 0 && hashes[place] !== hash) place = (place + 1) & (roles.length - 1);
  return place;
}
