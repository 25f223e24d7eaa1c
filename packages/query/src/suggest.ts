/** "Did you mean": the known name nearest to what was typed, if it is near enough to be meant. */
import { distance } from 'fastest-levenshtein';

export function nearestName(typed: string, names: Iterable<string>): string | undefined {
  const wanted = typed.toLowerCase();
  // A third of the letters may be wrong; more is another word.
  let best = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  let nearest: string | undefined;
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) >= best) continue;
    const steps = distance(wanted, name.toLowerCase());
    if (steps >= best) continue;
    best = steps;
    nearest = name;
  }
  return nearest ?? nameWithEnding(wanted, names);
}

// `status_code` for `http.response.status_code`.
function nameWithEnding(wanted: string, names: Iterable<string>): string | undefined {
  if (wanted.length < 3) return undefined;
  for (const name of names) {
    const lower = name.toLowerCase();
    if (lower.endsWith(`.${wanted}`) || lower.endsWith(`_${wanted}`)) return name;
  }
  return undefined;
}
