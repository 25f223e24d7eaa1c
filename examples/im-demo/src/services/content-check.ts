/** What a message may hold. The release with mentions came with a mistake in it. */

/** Reads mentions, and takes it for granted that there are some. */
export const FAULTY_VERSION = 'v3.8.4-alpha.1';

interface Content {
  readonly text: string;
  readonly mentions?: readonly string[];
}

export function checkContent(version: string, content: string): void {
  const parsed: Content = { text: content };
  if (version === FAULTY_VERSION) return checkMentions(parsed);
}

function checkMentions({ text, mentions }: Content): void {
  // The mistake: messages without a mention have no list of them.
  const first = (mentions as readonly string[])[0];
  if (first !== undefined && !text.includes(`@${first}`)) throw new Error('mention without a name');
}
