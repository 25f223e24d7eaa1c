/** What a dependency's own log says in the same words as the error of whoever called it. */
import type { Event } from './sighting.ts';

/** Shorter texts are alike by chance. */
const WORDS_LENGTH_MIN = 16;

/** Of records that are of no chain the one whose words the error repeats. */
export function echoedBy(error: Event, around: readonly Event[]): Event | undefined {
  if (error.trouble.level === 0) return undefined;
  return around.find(
    ({ text, trouble, service }) =>
      trouble.level > 0 &&
      service !== error.service &&
      text.length >= WORDS_LENGTH_MIN &&
      error.errorText.includes(text),
  );
}
