/**
 * Every sentence people read, by id, in the reader's language (ICU message syntax). An id without a
 * sentence in one of the languages does not compile.
 */
import { IntlMessageFormat } from 'intl-messageformat';
import { EN_ANALYZE } from './en/analyze.ts';
import { EN_COMMANDS } from './en/commands.ts';
import { EN_OUTPUT } from './en/output.ts';
import { EN_SOURCES } from './en/sources.ts';
import { failureSentence } from './errors.ts';
import { localeOf, type Language } from './language.ts';
import { ZH_ANALYZE } from './zh/analyze.ts';
import { ZH_COMMANDS } from './zh/commands.ts';
import { ZH_OUTPUT } from './zh/output.ts';
import { ZH_SOURCES } from './zh/sources.ts';

export type MessageId =
  | keyof typeof EN_ANALYZE
  | keyof typeof EN_COMMANDS
  | keyof typeof EN_OUTPUT
  | keyof typeof EN_SOURCES;
export type MessageValues = Readonly<Record<string, string | number | Date>>;

/** Anything with a code and an English sentence: a `Failure`, an API problem. */
export interface FailureLike {
  readonly code: string;
  readonly detail: string;
  readonly params: Readonly<Record<string, string | number>>;
}

const CATALOGUES: Readonly<Record<Language, Readonly<Record<MessageId, string>>>> = {
  en: { ...EN_ANALYZE, ...EN_COMMANDS, ...EN_OUTPUT, ...EN_SOURCES },
  zh: { ...ZH_ANALYZE, ...ZH_COMMANDS, ...ZH_OUTPUT, ...ZH_SOURCES },
};

export interface Messages {
  readonly language: Language;
  text(id: MessageId, values?: MessageValues): string;
  /** One sentence without a full stop. Codes without a translation come in English. */
  failure(failure: FailureLike): string;
  number(value: number): string;
}

export function createMessages(language: Language): Messages {
  const formats = new Map<string, IntlMessageFormat>();
  const locale = localeOf(language);
  const numbers = new Intl.NumberFormat(locale);
  const format = (message: string, values: MessageValues): string => {
    let known = formats.get(message);
    if (!known) {
      known = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true });
      formats.set(message, known);
    }
    return String(known.format(values));
  };
  return {
    language,
    text: (id, values = {}) => format(CATALOGUES[language][id], values),
    failure: (failure) => failureSentence(failure, { language, format }),
    number: (value) => numbers.format(value),
  };
}

/** All ids, for tests and pages that list them. */
export const MESSAGE_IDS: readonly MessageId[] = Object.keys(CATALOGUES.en) as MessageId[];

/** The sentence as the catalogue has it. */
export function messageSource(language: Language, id: MessageId): string {
  return CATALOGUES[language][id];
}
