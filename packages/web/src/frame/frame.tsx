/** What is around every page: rail, banners, status line, palette, keyboard. */
import { lazy, Suspense, useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { useMantineColorScheme } from '@mantine/core';
import { ErrorBoundary } from '../components/error-boundary.tsx';
import type { PageDefinition } from '../components/page.ts';
import { StatusLineContext } from '../components/status-line.tsx';
import { runKey, shownKey, useActions } from '../lib/actions.ts';
import { setPreferences, usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { Banners } from './banners.tsx';
import { HealthChip } from './health-chip.tsx';
import { Rail } from './rail.tsx';
import './frame.css';

const CommandPalette = lazy(async () => ({
  default: (await import('./command-palette.tsx')).CommandPalette,
}));
const ShortcutSheet = lazy(async () => ({
  default: (await import('./shortcut-sheet.tsx')).ShortcutSheet,
}));

export interface FrameProps {
  readonly pages: readonly PageDefinition[];
  readonly children: ReactNode;
}

type Overlay = 'palette' | 'sheet' | undefined;

export function Frame({ pages, children }: FrameProps): ReactElement {
  const { text, language } = useText();
  const [overlay, setOverlay] = useState<Overlay>();
  const [statusPlace, setStatusPlace] = useState<HTMLElement | null>(null);
  useTheme();
  useKeys();
  useActions([
    {
      id: 'palette.open',
      label: 'palette.open',
      keys: ['Mod+k'],
      inFields: true,
      run: () => setOverlay('palette'),
    },
    { id: 'sheet.open', label: 'sheet.open', keys: ['?'], run: () => setOverlay('sheet') },
    { id: 'theme.toggle', label: 'theme.toggle', run: toggleTheme },
    {
      id: 'language.toggle',
      label: 'language.toggle',
      run: () => setPreferences({ language: language === 'zh' ? 'en' : 'zh' }),
    },
  ]);
  const close = (): void => setOverlay(undefined);
  return (
    <div className="frame">
      <a className="button skip-link" href="#page">
        {text('nav.skip')}
      </a>
      <Rail pages={pages} />
      <div className="frame-banners">
        <Banners />
      </div>
      <main id="page" className="frame-page" tabIndex={-1}>
        <StatusLineContext value={statusPlace}>
          <ErrorBoundary>
            <Suspense fallback={<div aria-busy="true" />}>{children}</Suspense>
          </ErrorBoundary>
        </StatusLineContext>
      </main>
      <footer className="frame-foot">
        <HealthChip />
        <div className="frame-foot-page" ref={setStatusPlace} />
        <div className="frame-foot-keys">
          <button type="button" className="foot-button" onClick={() => setOverlay('sheet')}>
            <span className="key">?</span> {text('sheet.title')}
          </button>
          <button
            type="button"
            className="foot-button"
            title={text('palette.open')}
            onClick={() => setOverlay('palette')}
          >
            <span className="key">{shownKey('Mod+k')}</span>
          </button>
        </div>
      </footer>
      <Suspense fallback={null}>
        {overlay === 'palette' && <CommandPalette pages={pages} onClose={close} />}
        {overlay === 'sheet' && <ShortcutSheet onClose={close} />}
      </Suspense>
    </div>
  );
}

function toggleTheme(): void {
  const shown = document.documentElement.dataset['mantineColorScheme'];
  setPreferences({ theme: shown === 'dark' ? 'light' : 'dark' });
}

function useTheme(): void {
  const theme = usePreference('theme');
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  useEffect(() => {
    setColorScheme(theme === 'system' ? 'auto' : theme);
  }, [theme, setColorScheme]);
}

function useKeys(): void {
  useEffect(() => {
    addEventListener('keydown', runKey);
    return () => removeEventListener('keydown', runKey);
  }, []);
}
