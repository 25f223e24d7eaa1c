/** Sentences of chains in the reader's language. */
import { useMemo } from 'react';
import { chainSentences, type StatementLike } from '@tendril/messages/chains';
import { useText } from '../lib/text.tsx';

export function useStatement(): (statement: StatementLike) => string {
  const { language } = useText();
  return useMemo(() => chainSentences(language), [language]);
}
