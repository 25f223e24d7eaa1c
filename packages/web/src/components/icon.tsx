/** Line icons on a grid of 20. Decoration beside a word or inside a button that has a label. */
import type { ReactElement } from 'react';

const PATHS = {
  logs: 'M4 6h12M4 10h12M4 14h7',
  traces: 'M4 5h8M7 9h9M6 13h5M12 13h4',
  chains: 'M5 4v3c0 3 10 3 10 6v3M5 4a1.5 1.5 0 1 0 .01 0M15 16a1.5 1.5 0 1 0 .01 0',
  services:
    'M10 3a2 2 0 1 0 .01 0M5 13a2 2 0 1 0 .01 0M15 13a2 2 0 1 0 .01 0M9 7l-3 6M11 7l3 6M7 15h6',
  connections: 'M4 10h4l2-5 2 10 2-5h2',
  metrics: 'M4 15V5M4 15h12M7 12l3-3 2 2 4-5',
  health: 'M10 16S4 12.5 4 8.3A3.2 3.2 0 0 1 10 6.8a3.2 3.2 0 0 1 6 1.5C16 12.5 10 16 10 16z',
  alerts: 'M6 9a4 4 0 0 1 8 0c0 4 1.5 5 1.5 5h-11S6 13 6 9M9 16.5h2',
  incidents: 'M10 4l7 12H3zM10 9v3M10 14v.5',
  settings:
    'M10 7.5a2.5 2.5 0 1 0 .01 0M10 3v2M10 15v2M3 10h2M15 10h2M5 5l1.4 1.4M13.6 13.6L15 15M15 5l-1.4 1.4M6.4 13.6L5 15',
  data: 'M4 5.500c0-2.500 12-2.500 12 0v9c0 2.500-12 2.500-12 0zM4 5.500c0 2.500 12 2.500 12 0M4 10c0 2.500 12 2.500 12 0',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  close: 'M5 5l10 10M15 5L5 15',
  up: 'M10 16V4M5 9l5-5 5 5',
  down: 'M10 4v12M5 11l5 5 5-5',
  left: 'M12 5l-5 5 5 5',
  right: 'M8 5l5 5-5 5',
  chevron: 'M6 8l4 4 4-4',
  clock: 'M10 3a7 7 0 1 0 .01 0M10 6v4l3 2',
  search: 'M9 4a5 5 0 1 0 .01 0M13 13l4 4',
  zoomOut: 'M9 4a5 5 0 1 0 .01 0M13 13l4 4M7 9h4',
  include: 'M6 8h8M6 12h8',
  exclude: 'M6 8h8M6 12h8M13 5L7 15',
  only: 'M10 4a6 6 0 1 0 .01 0M10 8.500a1.5 1.5 0 1 0 .01 0',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  column: 'M4 5h12v10H4zM10 5v10',
  group: 'M4 15V9M8 15V5M12 15v-4M16 15V7',
  pin: 'M8 4h4l-.5 5 2.5 2.500h-8L8.5 9zM10 11.500V16',
  play: 'M7 5l8 5-8 5z',
  pause: 'M7 5v10M13 5v10',
  download: 'M10 4v9M6 9l4 4 4-4M4 16h12',
  link: 'M8.5 11.500a3 3 0 0 0 4.2 0l2-2a3 3 0 0 0-4.2-4.200l-.8.800M11.5 8.500a3 3 0 0 0-4.2 0l-2 2a3 3 0 0 0 4.2 4.200l.8-.8',
  star: 'M10 3.500l2 4.2 4.6.6-3.4 3.2.9 4.5-4.1-2.2-4.1 2.2.9-4.500L3.4 8.300l4.6-.6z',
  filter: 'M4 5h12l-4.5 5.500V15l-3 1.500v-6z',
  wrap: 'M4 5h12M4 10h9a2.5 2.5 0 0 1 0 5H9M11 13l-2 2 2 2M4 15h2',
  expand: 'M8 5l5 5-5 5',
  chart: 'M4 16V4M4 16h12M7 13V9M10.5 13V6M14 13v-3',
  code: 'M7 6l-4 4 4 4M13 6l4 4-4 4',
  help: 'M10 3a7 7 0 1 0 .01 0M8 8a2 2 0 1 1 2.8 1.800c-.6.3-.8.7-.8 1.400M10 13.500v.01',
  sun: 'M10 7a3 3 0 1 0 .01 0M10 2.500v1.500M10 16v1.500M2.5 10H4M16 10h1.500M4.7 4.700l1 1M14.3 14.300l1 1M15.3 4.700l-1 1M5.7 14.300l-1 1',
  save: 'M5 4h10v12l-5-3.500L5 16z',
  check: 'M4 10l4 4 8-8',
} as const;

export type IconName = keyof typeof PATHS;

export interface IconProps {
  readonly name: IconName;
  readonly sizePx?: number;
}

export function Icon({ name, sizePx = 16 }: IconProps): ReactElement {
  return (
    <svg
      width={sizePx}
      height={sizePx}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.5 : 1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Logo(): ReactElement {
  return (
    <svg
      width={28}
      height={28}
      viewBox="0 0 28 28"
      fill="none"
      stroke="var(--accent)"
      strokeWidth={2.2}
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M14 26C14 18 6 18 6 11a5 5 0 0 1 10 0c0 3-4 3.5-4 1" />
      <path d="M14 22c0-5 8-5 8-11a3 3 0 0 0-6-.5" />
      <circle cx={21} cy={5} r={2} fill="var(--accent)" stroke="none" />
    </svg>
  );
}
