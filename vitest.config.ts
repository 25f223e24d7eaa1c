import { defineConfig, type ViteUserConfig } from 'vitest/config';

const shared = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
};
const timeouts = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  execArgv: ['--conditions=source'],
};

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'parts',
          include: ['{packages,tools,bench,examples}/**/*.test.ts'],
          ...timeouts,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/src/build-pages.ts'],
          ...timeouts,
          // A browser, a server and an engine share the machine with other tests.
          testTimeout: 120_000,
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});

export default config;
