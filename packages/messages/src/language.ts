/** Which language a person reads: asked for, else as the environment says, else English. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Undefined for a language that there are no messages in. */
export function parseLanguage(text: string): Language | undefined {
  const name = text.toLowerCase();
  if (/^zh\b|^zh_|^chinese$|^中文$|^简体中文$/.test(name)) return 'zh';
  return /^en\b|^en_|^english$|^c\b|^posix$/.test(name) ? 'en' : undefined;
}

/** POSIX: LC_ALL goes before LC_MESSAGES, that before LANG. */
export function languageOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const name = [environment['LC_ALL'], environment['LC_MESSAGES'], environment['LANG']].find(
    Boolean,
  );
  return (name && parseLanguage(name)) || 'en';
}

/** For `Intl`: numbers and dates as readers of the language write them. */
export function localeOf(language: Language): string {
  return language === 'zh' ? 'zh-CN' : 'en-GB';
}
