/** Lines that say how deep a row stands. Very deep ones say it in a number, so that names stay in sight. */
import type { ReactElement } from 'react';

const STEP_PX = 12;
const DRAWN_MAX = 24;

export function DepthGuides({ depth }: { readonly depth: number }): ReactElement {
  return (
    <span className="depth-guides" style={{ width: Math.min(depth, DRAWN_MAX) * STEP_PX }}>
      {depth > DRAWN_MAX && <span className="depth-number number">{depth}</span>}
    </span>
  );
}
