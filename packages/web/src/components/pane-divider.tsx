/** The line between two panes: drag it, or move it with the arrow keys. */
import type { KeyboardEvent, PointerEvent, ReactElement } from 'react';

export interface PaneDividerProps {
  readonly label: string;
  readonly widthPx: number;
  readonly minPx: number;
  readonly maxPx: number;
  /** The pane that has the width lies on this side of the line. */
  readonly side: 'left' | 'right';
  readonly onResize: (widthPx: number) => void;
}

const STEP_PX = 16;

export function PaneDivider(props: PaneDividerProps): ReactElement {
  const { label, widthPx, minPx, maxPx, side, onResize } = props;
  const resizeTo = (wantedPx: number): void =>
    onResize(Math.round(Math.min(maxPx, Math.max(minPx, wantedPx))));
  const sign = side === 'left' ? 1 : -1;
  const drag = (event: PointerEvent<HTMLElement>): void => {
    const startX = event.clientX;
    const move = ({ clientX }: globalThis.PointerEvent): void =>
      resizeTo(widthPx + sign * (clientX - startX));
    const end = (): void => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', end);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', end);
    event.preventDefault();
  };
  const press = ({ key }: KeyboardEvent): void => {
    if (key === 'ArrowLeft') resizeTo(widthPx - sign * STEP_PX);
    if (key === 'ArrowRight') resizeTo(widthPx + sign * STEP_PX);
  };
  return (
    // A separator that can be focused is a control of its own kind (ARIA, "window splitter").
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/prefer-tag-over-role
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={widthPx}
      aria-valuemin={minPx}
      aria-valuemax={maxPx}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="pane-divider"
      onPointerDown={drag}
      onKeyDown={press}
    />
  );
}
