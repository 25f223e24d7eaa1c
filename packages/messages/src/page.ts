/** The sentences of the web UI. Apart from those of the commands, so that a page loads only its own. */
import { IntlMessageFormat } from 'intl-messageformat';
import { EN_PAGE_CHAINS } from './en/page-chains.ts';
import { EN_PAGE_DATA } from './en/page-data.ts';
import { EN_PAGE_FRAME } from './en/page-frame.ts';
import { EN_PAGE_LOGS } from './en/page-logs.ts';
import { EN_PAGE_PATTERNS } from './en/page-patterns.ts';
import { EN_PAGE_TRACE } from './en/page-trace.ts';
import { EN_PAGE_REFERENCE } from './en/page-reference.ts';
import { failureSentence } from './errors.ts';
import { localeOf, type Language } from './language.ts';
import { ZH_PAGE_CHAINS } from './zh/page-chains.ts';
import { ZH_PAGE_DATA } from './zh/page-data.ts';
import { ZH_PAGE_FRAME } from './zh/page-frame.ts';
import { ZH_PAGE_LOGS } from './zh/page-logs.ts';
import { ZH_PAGE_PATTERNS } from './zh/page-patterns.ts';
import { ZH_PAGE_TRACE } from './zh/page-trace.ts';
import { ZH_PAGE_REFERENCE } from './zh/page-reference.ts';

export type PageMessageId =
  | keyof typeof EN_PAGE_CHAINS
  | keyof typeof EN_PAGE_DATA
  | keyof typeof EN_PAGE_FRAME
  | keyof typeof EN_PAGE_LOGS
  | keyof typeof EN_PAGE_PATTERNS
  | keyof typeof EN_PAGE_TRACE
  | keyof typeof EN_PAGE_REFERENCE;

const CATALOGUES: Readonly<Record<Language, Readonly<Record<PageMessageId, string>>>> = {
  en: {
    ...EN_PAGE_CHAINS,
    ...EN_PAGE_DATA,
    ...EN_PAGE_FRAME,
    ...EN_PAGE_LOGS,
    ...EN_PAGE_PATTERNS,
    ...EN_PAGE_TRACE,
    ...EN_PAGE_REFERENCE,
  },
  zh: {
    ...ZH_PAGE_CHAINS,
    ...ZH_PAGE_DATA,
    ...ZH_PAGE_FRAME,
    ...ZH_PAGE_LOGS,
    ...ZH_PAGE_PATTERNS,
    ...ZH_PAGE_TRACE,
    ...ZH_PAGE_REFERENCE,
  },
};

type Values = Readonly<Record<string, string | number | Date>>;

interface FailureLike {
  readonly code: string;
  readonly detail: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export interface PageMessages {
  readonly language: Language;
  readonly locale: string;
  readonly text: (id: PageMessageId, values?: Values) => string;
  /** One sentence without a full stop. Codes without a translation come in English. */
  readonly failure: (failure: FailureLike) => string;
  readonly number: (value: number) => string;
  /** As it is while it is short, else three digits and a unit: `124K`, `12.4万`. */
  readonly shortNumber: (value: number) => string;
}

/** Smaller numbers fit beside a value as they are. */
const SHORTENED_FROM = 100_000;

export function createPageMessages(language: Language): PageMessages {
  const formats = new Map<string, IntlMessageFormat>();
  const locale = localeOf(language);
  const numbers = new Intl.NumberFormat(locale);
  const shortNumbers = new Intl.NumberFormat(locale, {
    notation: 'compact',
    maximumSignificantDigits: 3,
  });
  const format = (message: string, values: Values): string => {
    let known = formats.get(message);
    if (!known) {
      known = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true });
      formats.set(message, known);
    }
    return String(known.format(values));
  };
  return {
    language,
    locale,
    text: (id, values = {}) => format(CATALOGUES[language][id], values),
    failure: (failure) => failureSentence(failure, { language, format }),
    number: (value) => numbers.format(value),
    shortNumber: (value) =>
      Math.abs(value) < SHORTENED_FROM ? numbers.format(value) : shortNumbers.format(value),
  };
}

/** All ids, for tests. */
export const PAGE_MESSAGE_IDS: readonly PageMessageId[] = Object.keys(
  CATALOGUES.en,
) as PageMessageId[];

/** The sentence as the catalogue has it. */
export function pageMessageSource(language: Language, id: PageMessageId): string {
  return CATALOGUES[language][id];
}
