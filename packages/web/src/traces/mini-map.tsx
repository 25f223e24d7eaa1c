/**
 * The whole trace at a glance, with the part that is shown below. Drag to zoom in; with the keyboard
 * arrows move the part and + and - change its width.
 */
import {
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
} from 'react';
import { useMantineColorScheme } from '@mantine/core';
import { durationText } from '../lib/duration-text.ts';
import { useElementWidth } from '../lib/use-element-width.ts';
import { useText } from '../lib/text.tsx';
import { serviceColourName } from '../records/service-name.tsx';
import { durationTicks } from './duration-ticks.ts';
import type { Gap } from './trace-gaps.ts';
import type { TraceTree } from './trace-tree.ts';
import type { Zoom } from './trace-url.ts';

export interface MiniMapProps {
  readonly tree: TraceTree;
  readonly gaps: readonly Gap[];
  /** What is shown below. */
  readonly zoom: Zoom;
  readonly onZoom: (zoom: Zoom | undefined) => void;
}

const HEIGHT_PX = 44;
/** More could not be told apart. */
const BARS_MAX = 20_000;
const TICKS_MAX = 8;
const DRAG_SHARE_MIN = 0.004;
const MOVE_SHARE = 0.1;

export function MiniMap({ tree, gaps, zoom, onZoom }: MiniMapProps): ReactElement {
  const { text } = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [measure, widthPx] = useElementWidth();
  const { colorScheme } = useMantineColorScheme();
  const [drag, setDrag] = useState<Zoom>();
  const whole: Zoom = { from: 0, to: tree.widthNs };
  useEffect(() => {
    if (canvas.current && widthPx > 0) drawBars(canvas.current, tree, widthPx);
  }, [tree, widthPx, colorScheme]);
  const shown = drag ?? zoom;
  const isZoomed = zoom.from > 0 || zoom.to < tree.widthNs;
  const place = (ns: number): string => `${(ns / tree.widthNs) * 100}%`;
  return (
    <div className="mini-map-frame">
      <div
        ref={measure}
        className="mini-map"
        role="application"
        aria-label={text('trace.minimap')}
        // A chart that is driven by arrow keys is a control without a role of its own.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onPointerDown={(event) => startDrag(event, tree.widthNs, setDrag, onZoom)}
        onDoubleClick={() => onZoom(undefined)}
        onKeyDown={(event) => pressKey(event, { zoom, whole, onZoom })}
      >
        <canvas ref={canvas} />
        {gaps.map((gap) => (
          <span
            key={gap.from}
            className="trace-gap"
            title={text('trace.gap', { time: durationText(gap.to - gap.from) })}
            style={{ left: place(gap.from), width: place(gap.to - gap.from) }}
          />
        ))}
        <span className="mini-map-shade" style={{ left: 0, width: place(shown.from) }} />
        <span
          className="mini-map-shade"
          style={{ left: place(shown.to), width: place(tree.widthNs - shown.to) }}
        />
        {(isZoomed || drag) && (
          <span
            className="mini-map-window"
            style={{ left: place(shown.from), width: place(shown.to - shown.from) }}
          />
        )}
      </div>
      <div className="mini-map-axis number" aria-hidden>
        {durationTicks(whole, TICKS_MAX).map((tick) => (
          <span key={tick.place} style={{ left: `${tick.place * 100}%` }}>
            {tick.label}
          </span>
        ))}
      </div>
    </div>
  );
}

/** Spans in their order from top to bottom; each as thin as it must be, errors over the others. */
function drawBars(canvas: HTMLCanvasElement, tree: TraceTree, widthPx: number): void {
  const ratio = globalThis.devicePixelRatio;
  canvas.width = Math.round(widthPx * ratio);
  canvas.height = Math.round(HEIGHT_PX * ratio);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const colours = new Map<string, string>();
  const colourOf = (name: string): string => {
    const known = colours.get(name) ?? style.getPropertyValue(name);
    colours.set(name, known);
    return known;
  };
  const step = Math.max(1, Math.ceil(tree.order.length / BARS_MAX));
  const rowPx = HEIGHT_PX / tree.order.length;
  const bar = (place: number, colour: string): void => {
    const span = tree.order[place] ?? 0;
    const left = ((tree.starts[span] ?? 0) / tree.widthNs) * widthPx;
    const width = ((tree.durations[span] ?? 0) / tree.widthNs) * widthPx;
    context.fillStyle = colour;
    context.fillRect(
      left,
      place * rowPx,
      Math.max(1, width),
      Math.min(4, Math.max(1, rowPx - 0.5)),
    );
  };
  for (let place = 0; place < tree.order.length; place += step) {
    const { serviceName = '' } = tree.spans[tree.order[place] ?? 0] ?? {};
    bar(place, colourOf(serviceColourName(serviceName)));
  }
  for (const [place, span] of tree.order.entries()) {
    if (tree.spans[span]?.status === 'error') bar(place, colourOf('--error'));
  }
}

function startDrag(
  event: PointerEvent<HTMLElement>,
  widthNs: number,
  setDrag: (drag: Zoom | undefined) => void,
  onZoom: (zoom: Zoom | undefined) => void,
): void {
  if (event.button !== 0) return;
  const { left, width } = event.currentTarget.getBoundingClientRect();
  const shareAt = (clientX: number): number =>
    Math.min(1, Math.max(0, (clientX - left) / Math.max(1, width)));
  const first = shareAt(event.clientX);
  let last = first;
  const zoomNow = (): Zoom => ({
    from: Math.min(first, last) * widthNs,
    to: Math.max(first, last) * widthNs,
  });
  const move = ({ clientX }: globalThis.PointerEvent): void => {
    last = shareAt(clientX);
    setDrag(zoomNow());
  };
  const end = (): void => {
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', end);
    setDrag(undefined);
    if (Math.abs(last - first) >= DRAG_SHARE_MIN) onZoom(zoomNow());
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', end);
}

interface KeyContext {
  readonly zoom: Zoom;
  readonly whole: Zoom;
  readonly onZoom: (zoom: Zoom | undefined) => void;
}

function pressKey(event: KeyboardEvent, { zoom, whole, onZoom }: KeyContext): void {
  const next = zoomByKey(event.key, zoom, whole);
  if (!next) return;
  event.preventDefault();
  onZoom(next.from <= 0 && next.to >= whole.to ? undefined : next);
}

/** Undefined for other keys. */
function zoomByKey(key: string, { from, to }: Zoom, whole: Zoom): Zoom | undefined {
  const width = to - from;
  const moved = (by: number): Zoom => {
    const start = Math.min(whole.to - width, Math.max(0, from + by));
    return { from: start, to: start + width };
  };
  const sized = (factor: number): Zoom => {
    const half = Math.max(1, (width * factor) / 2);
    const middle = (from + to) / 2;
    return { from: Math.max(0, middle - half), to: Math.min(whole.to, middle + half) };
  };
  switch (key) {
    case 'ArrowLeft':
      return moved(-width * MOVE_SHARE);
    case 'ArrowRight':
      return moved(width * MOVE_SHARE);
    case '+':
    case '=':
      return sized(0.5);
    case '-':
      return sized(2);
    case 'Escape':
    case '0':
      return whole;
    default:
      return undefined;
  }
}
