/** Router, providers and the frame around the registered pages. */
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Frame } from './frame/frame.tsx';
import { SignIn } from './frame/sign-in.tsx';
import { createQueryClient } from './lib/api.ts';
import { styleNonce } from './lib/style-nonce.ts';
import { TextProvider, useText } from './lib/text.tsx';
import { parseSearch, printSearch } from './lib/url-search.ts';
import { PAGES } from './pages/registry.ts';

const root = createRootRoute({ component: Root, notFoundComponent: NotFound });
const home = createRoute({ getParentRoute: () => root, path: '/', component: Home });
const pages = PAGES.map(({ path, load }) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, 'Page') }),
);
const router = createRouter({
  routeTree: root.addChildren([home, ...pages]),
  parseSearch,
  stringifySearch: printSearch,
  defaultPendingMs: 0,
});
const queryClient = createQueryClient();

// The page's code comes while the server is asked who we are, not after it.
const first =
  PAGES.findLast(({ path }) => globalThis.location.pathname.startsWith(path)) ?? PAGES[0];
void first?.load().catch(() => undefined);

const THEME = {
  respectReducedMotion: true,
  // The placeholder is a stop of the keyboard that no reader of the screen can name.
  components: { Menu: { defaultProps: { withInitialFocusPlaceholder: false } } },
};

export function App(): ReactElement {
  return (
    // Our tokens stand in for its variables.
    <MantineProvider
      defaultColorScheme="auto"
      theme={THEME}
      withCssVariables={false}
      withStaticClasses={false}
      getStyleNonce={styleNonce}
    >
      <QueryClientProvider client={queryClient}>
        <TextProvider>
          <SignIn>
            <RouterProvider router={router} />
          </SignIn>
        </TextProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Root(): ReactElement {
  return (
    <Frame pages={PAGES}>
      <Outlet />
    </Frame>
  );
}

function Home(): ReactElement {
  return <Navigate to="/logs" replace />;
}

function NotFound(): ReactElement {
  const { text } = useText();
  return (
    <div className="empty-page">
      <h1>{text('page.notFound')}</h1>
      <a className="button" href="/logs">
        {text('page.notFound.back')}
      </a>
    </div>
  );
}
