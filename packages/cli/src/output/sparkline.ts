/** Counts as one line of bars. */

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** One character a count. Only no records at all are the lowest bar: few must be told from none. */
export function sparkline(counts: readonly number[]): string {
  const greatest = Math.max(1, ...counts);
  return counts
    .map((count) => {
      const step = count <= 0 ? 0 : Math.max(1, Math.round((count / greatest) * (BARS.length - 1)));
      return BARS[step] ?? BARS[0];
    })
    .join('');
}
