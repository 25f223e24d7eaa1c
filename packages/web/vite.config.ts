import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type UserConfig } from 'vite';

const config: UserConfig = defineConfig({
  plugins: [react()],
  resolve: { conditions: ['source', ...defaultClientConditions] },
  // The server puts a fresh nonce there for each page it sends.
  html: { cspNonce: '__TENDRIL_NONCE__' },
  build: {
    target: 'es2023',
    // Inlined files would be `data:` addresses, which the content security policy refuses for fonts and scripts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1024,
  },
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:7700', changeOrigin: false } },
  },
});

export default config;
