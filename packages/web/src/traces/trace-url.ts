/** What of the page of a trace is in its address: everything that a person would share. */

/** Nanoseconds from the start of the trace. */
export interface Zoom {
  readonly from: number;
  readonly to: number;
}

const TRACE_VIEWS = ['waterfall', 'flame', 'table'] as const;
type TraceViewName = (typeof TRACE_VIEWS)[number];

export interface TraceAddress {
  /** Id of the span that is shown in full; empty for none. */
  readonly span: string;
  readonly spanTab: string;
  readonly view: TraceViewName;
  readonly find: string;
  /** Undefined: all of it. */
  readonly zoom: Zoom | undefined;
  readonly hasRecords: boolean;
  readonly hasCriticalPath: boolean;
  readonly isAligned: boolean;
}

export function readTraceAddress(search: Readonly<Record<string, string>>): TraceAddress {
  return {
    span: search['span'] ?? '',
    spanTab: search['tab'] ?? 'tags',
    view: TRACE_VIEWS.find((view) => view === search['view']) ?? 'waterfall',
    find: search['find'] ?? '',
    zoom: zoomOf(search['zoom'] ?? ''),
    hasRecords: search['records'] !== '0',
    hasCriticalPath: search['path'] !== '0',
    isAligned: search['clocks'] === 'aligned',
  };
}

export function printTraceAddress(address: TraceAddress): Record<string, string> {
  const { span, spanTab, view, find, zoom, hasRecords, hasCriticalPath, isAligned } = address;
  return {
    span,
    tab: span === '' || spanTab === 'tags' ? '' : spanTab,
    view: view === 'waterfall' ? '' : view,
    find,
    zoom: zoom === undefined ? '' : `${Math.round(zoom.from)}-${Math.round(zoom.to)}`,
    records: hasRecords ? '' : '0',
    path: hasCriticalPath ? '' : '0',
    clocks: isAligned ? 'aligned' : '',
  };
}

function zoomOf(text: string): Zoom | undefined {
  const [, from, to] = /^(\d{1,19})-(\d{1,19})$/.exec(text) ?? [];
  const zoom = { from: Number(from), to: Number(to) };
  return zoom.to > zoom.from ? zoom : undefined;
}
