/**
 * One export at a time, with how far it is. The browser keeps the bytes on its disk as they come; a file
 * is offered when all of it is there, so half of one is never taken for whole.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { LogExportInput } from '@tendril/api/log-export';
import { useApi } from '../lib/api.ts';

export type ExportState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface RunningExport {
  readonly state: ExportState;
  readonly start: (request: LogExportInput & { readonly filename: string }) => void;
  /** Stops the query in the engine, or puts the failure away. */
  readonly stop: () => void;
}

const NONE: ExportState = { kind: 'none' };

export function useExport(): RunningExport {
  const api = useApi();
  const [state, setState] = useState<ExportState>(NONE);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const stop = useCallback(() => {
    running.current?.abort();
    setState(NONE);
  }, []);
  const start = useCallback<RunningExport['start']>(
    (request) => {
      running.current?.abort();
      const stopping = new AbortController();
      running.current = stopping;
      const load = async (): Promise<void> => {
        setState({ kind: 'running', bytes: 0 });
        const response = await api.exportLogs(request, stopping.signal);
        const content = await countedBlob(response, (bytes) =>
          setState({ kind: 'running', bytes }),
        );
        save(content, request.filename);
        setState(NONE);
      };
      load().catch((error: unknown) => {
        if (!stopping.signal.aborted) setState({ kind: 'failed', error });
      });
    },
    [api],
  );
  return { state, start, stop };
}

const REPORT_BYTES = 256 * 1024;

async function countedBlob(response: Response, report: (bytes: number) => void): Promise<Blob> {
  let bytes = 0;
  let reported = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      bytes += chunk.byteLength;
      if (bytes - reported >= REPORT_BYTES) {
        reported = bytes;
        report(bytes);
      }
      controller.enqueue(chunk);
    },
  });
  const type = response.headers.get('content-type') ?? 'application/octet-stream';
  const content = new Response(response.body?.pipeThrough(counting) ?? null);
  return new Blob([await content.blob()], { type });
}

const KEPT_MS = 60_000;

function save(content: Blob, filename: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = filename;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
