/** The catalogue of sentences in the reader's language, for every component. */
import { createContext, use, useEffect, useMemo, type ReactElement, type ReactNode } from 'react';
import { createPageMessages, type PageMessages } from '@tendril/messages/page';
import { localeOf } from '@tendril/messages/language';
import { languageOf, usePreference } from './preferences.ts';

const TextContext = createContext<PageMessages | undefined>(undefined);

export function TextProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const chosen = usePreference('language');
  const language = languageOf(chosen, navigator.languages);
  const messages = useMemo(() => createPageMessages(language), [language]);
  useEffect(() => {
    document.documentElement.lang = localeOf(language) === 'zh-CN' ? 'zh-CN' : 'en';
  }, [language]);
  return <TextContext value={messages}>{children}</TextContext>;
}

export function useText(): PageMessages {
  const messages = use(TextContext);
  if (!messages) throw new Error('there is no TextProvider around this component');
  return messages;
}
