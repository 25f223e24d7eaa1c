/** Sentences of chains, the same for commands and pages: a statement's kind and values in a language. */
import { IntlMessageFormat } from 'intl-messageformat';
import { EN_CHAINS } from './en/chains.ts';
import { localeOf, type Language } from './language.ts';
import { ZH_CHAINS } from './zh/chains.ts';

export interface StatementLike {
  readonly kind: string;
  readonly values: Readonly<Record<string, string | number>>;
}

const CATALOGUES: Readonly<Record<Language, ReadonlyMap<string, string>>> = {
  en: new Map(Object.entries(EN_CHAINS)),
  zh: new Map(Object.entries(ZH_CHAINS)),
};

/** Kinds that there is a sentence for. */
export const STATEMENT_KINDS: readonly string[] = Object.keys(EN_CHAINS);

/** A kind of a newer server is said by its name. */
export function chainSentences(language: Language): (statement: StatementLike) => string {
  const locale = localeOf(language);
  return ({ kind, values }) => {
    const message = CATALOGUES[language].get(kind);
    if (message === undefined) return kind;
    try {
      const format = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true });
      return String(format.format({ ...values }));
    } catch {
      // Values of a newer server may lack what the sentence names.
      return kind;
    }
  };
}
