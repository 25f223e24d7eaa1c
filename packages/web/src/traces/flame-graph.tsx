/**
 * Where the time of a trace went: operations as wide as the work below them, under what called them. A
 * click or Enter goes into one; arrows move between frames.
 */
import { useMemo, useState, type KeyboardEvent, type ReactElement } from 'react';
import { quoteText } from '@tendril/query/print';
import { durationText } from '../lib/duration-text.ts';
import { useText } from '../lib/text.tsx';
import { serviceColour } from '../records/service-name.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { callPaths, type CallPath } from './call-paths.ts';
import { flameFrames, type FlameFrame } from './flame-frames.ts';
import type { TraceTree } from './trace-tree.ts';

export interface FlameGraphProps {
  readonly tree: TraceTree;
  /** Shows the spans of an operation in the waterfall. */
  readonly onFind: (query: string) => void;
}

const ROW_PX = 22;
const NAME_CHARACTERS_MAX = 120;

export function FlameGraph({ tree, onFind }: FlameGraphProps): ReactElement {
  const { text, number } = useText();
  const paths = useMemo(() => callPaths(tree), [tree]);
  const [focus, setFocus] = useState(-1);
  const [pointed, setPointed] = useState<number>();
  const frames = useMemo(() => flameFrames(paths, focus), [paths, focus]);
  const rows = frames.reduce((most, { row }) => Math.max(most, row + 1), 0);
  const shown = paths[pointed ?? focus];
  const whole = paths.reduce((sum, { parent, workNs }) => sum + (parent < 0 ? workNs : 0), 0);
  return (
    <div className="flame">
      <div className="flame-facts number" role="status">
        {shown ? (
          <>
            <b>{visibleLine(shown.service, NAME_CHARACTERS_MAX)}</b>{' '}
            {visibleLine(shown.operation, NAME_CHARACTERS_MAX)} ·{' '}
            {text('traces.spans', { count: shown.spans })} · {durationText(shown.totalNs)} ·{' '}
            {text('trace.row.self', { time: durationText(Math.round(shown.selfNs)) })}
            {shown.errors > 0 && ` · ${text('traces.errors', { count: shown.errors })}`}{' '}
            {focus >= 0 && pointed === undefined && (
              <button
                type="button"
                className="button small"
                onClick={() => onFind(`name:${quoteText(paths[focus]?.operation ?? '')}`)}
              >
                {text('flame.spans')}
              </button>
            )}
          </>
        ) : (
          text('flame.hint', { count: number(paths.length) })
        )}
      </div>
      <div
        className="flame-frames"
        role="tree"
        tabIndex={-1}
        aria-label={text('trace.view.flame')}
        onKeyDown={(event) => pressKey(event, paths)}
        onPointerLeave={() => setPointed(undefined)}
      >
        <div style={{ height: rows * ROW_PX }} className="flame-place" role="presentation">
          {frames.map((frame) => (
            <Frame
              key={frame.path}
              frame={frame}
              path={paths[frame.path]}
              wholeNs={whole}
              isFocus={frame.path === focus}
              onEnter={() => setFocus(frame.path === focus ? -1 : frame.path)}
              onPoint={() => setPointed(frame.path < 0 ? undefined : frame.path)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface FrameProps {
  readonly frame: FlameFrame;
  readonly path: CallPath | undefined;
  readonly wholeNs: number;
  readonly isFocus: boolean;
  readonly onEnter: () => void;
  readonly onPoint: () => void;
}

function Frame({ frame, path, wholeNs, isFocus, onEnter, onPoint }: FrameProps): ReactElement {
  const { text } = useText();
  const { row, left, width } = frame;
  const name = path
    ? `${visibleLine(path.operation, NAME_CHARACTERS_MAX)} · ${visibleLine(path.service, NAME_CHARACTERS_MAX)}`
    : text('flame.all');
  return (
    <button
      type="button"
      role="treeitem"
      aria-level={row + 1}
      aria-selected={isFocus}
      aria-label={`${name}, ${durationText(path?.totalNs ?? wholeNs)}`}
      tabIndex={isFocus ? 0 : -1}
      data-path={frame.path}
      className={`flame-frame ${isFocus ? 'is-focus' : ''} ${(path?.errors ?? 0) > 0 ? 'is-error' : ''}`}
      style={{
        left: `${left * 100}%`,
        width: `${width * 100}%`,
        top: row * ROW_PX,
        '--service': path ? serviceColour(path.service) : 'var(--line-strong)',
      }}
      onClick={onEnter}
      onPointerEnter={onPoint}
      onFocus={onPoint}
    >
      <bdi>{name}</bdi>
    </button>
  );
}

/** Up to the caller, down to the first that is called, left and right beside. */
function pressKey(event: KeyboardEvent<HTMLElement>, paths: readonly CallPath[]): void {
  const element = event.target instanceof HTMLElement ? event.target : undefined;
  const index = Number(element?.dataset['path'] ?? -1);
  const parent = paths[index]?.parent ?? -1;
  const siblings = paths.flatMap((path, at) => (path.parent === parent ? [at] : []));
  const at = siblings.indexOf(index);
  const next: Readonly<Record<string, number | undefined>> = {
    ArrowUp: parent,
    ArrowDown: index < 0 ? 0 : paths[index]?.children[0],
    ArrowLeft: index < 0 ? undefined : siblings[at - 1],
    ArrowRight: index < 0 ? undefined : siblings[at + 1],
  };
  if (!(event.key in next)) return;
  event.preventDefault();
  event.currentTarget
    .querySelector<HTMLElement>(`[data-path="${String(next[event.key] ?? index)}"]`)
    ?.focus();
}
