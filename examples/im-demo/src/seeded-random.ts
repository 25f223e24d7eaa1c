/** mulberry32: numbers from 0 to 1, the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Never all zeros, which means "no id". */
export function hexId(random: () => number, bytes: number): string {
  const digits = Array.from({ length: bytes }, () => {
    return Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0');
  });
  return `${digits.join('').slice(0, -1)}1`;
}

export function uuid(random: () => number): string {
  const hex = hexId(random, 16);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20)].join('-');
}
