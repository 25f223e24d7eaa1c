/** All pages, in the order of the rail. A new page is its folder and one line here. */
import type { PageDefinition } from '../components/page.ts';

export const PAGES: readonly PageDefinition[] = [
  {
    id: 'logs',
    path: '/logs',
    title: 'page.logs',
    icon: 'logs',
    load: async () => await import('./logs.tsx'),
  },
  {
    id: 'traces',
    path: '/traces',
    title: 'page.traces',
    icon: 'traces',
    load: async () => await import('./traces.tsx'),
  },
  {
    id: 'compare-traces',
    path: '/traces/compare',
    title: 'compare.title',
    load: async () => await import('./compare-traces.tsx'),
  },
  {
    id: 'trace',
    path: '/traces/$traceId',
    title: 'page.trace',
    load: async () => await import('./trace.tsx'),
  },
  {
    id: 'services',
    path: '/services',
    title: 'page.services',
    icon: 'services',
    load: async () => await import('./services.tsx'),
  },
  {
    id: 'service-map',
    path: '/services/map',
    title: 'services.map',
    load: async () => await import('./service-map.tsx'),
  },
  {
    id: 'service',
    path: '/services/$name',
    title: 'traces.service',
    load: async () => await import('./service.tsx'),
  },
  {
    id: 'chains',
    path: '/chains',
    title: 'page.chains',
    icon: 'chains',
    load: async () => await import('./chains.tsx'),
  },
  {
    id: 'chain',
    path: '/chains/$id',
    title: 'page.chain',
    load: async () => await import('./chain.tsx'),
  },
  {
    id: 'data',
    path: '/data',
    title: 'page.data',
    icon: 'data',
    isLast: true,
    load: async () => await import('./data.tsx'),
  },
  {
    id: 'add-data',
    path: '/data/add',
    title: 'data.add',
    load: async () => await import('./add-data.tsx'),
  },
  {
    id: 'reference',
    path: '/query-language',
    title: 'page.reference',
    load: async () => await import('./reference.tsx'),
  },
  {
    id: 'settings',
    path: '/settings',
    title: 'page.settings',
    icon: 'settings',
    isLast: true,
    load: async () => await import('./settings.tsx'),
  },
];
