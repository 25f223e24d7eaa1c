/**
 * Failures as sentences. English is the failure's own `detail`; other languages have a sentence for
 * each code, which may name its params and `{detail}` for what only the detail says.
 */
import type { Language } from './language.ts';
import { ZH_ERRORS } from './zh/errors.ts';

interface Failed {
  readonly code: string;
  readonly detail: string;
  readonly params: Readonly<Record<string, string | number>>;
}

interface Translation {
  readonly language: Language;
  readonly format: (message: string, values: Readonly<Record<string, string | number>>) => string;
}

const SENTENCES: Readonly<Record<Language, Readonly<Record<string, string>> | undefined>> = {
  en: undefined,
  zh: ZH_ERRORS,
};

export function failureSentence(
  { code, detail, params }: Failed,
  { language, format }: Translation,
): string {
  const sentences = SENTENCES[language];
  if (!sentences || !Object.hasOwn(sentences, code)) return detail;
  try {
    return format(sentences[code] ?? '', { ...params, detail });
  } catch {
    // A param is missing, as from a server of another version: English says it all.
    return detail;
  }
}

/** Codes that have a sentence. */
export function translatedCodes(language: Language): readonly string[] {
  return Object.keys(SENTENCES[language] ?? {});
}
