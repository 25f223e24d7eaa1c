/** What everybody has to know at once: the server or its engine is away, or records are refused. */
import type { ReactElement } from 'react';
import { useText } from '../lib/text.tsx';
import { useStatus } from '../lib/use-status.ts';

export function Banners(): ReactElement | null {
  const { text } = useText();
  const { data, isError } = useStatus();
  if (isError) {
    return (
      <div className="notice bad" role="alert">
        {text('banner.unreachable')}
      </div>
    );
  }
  if (!data) return null;
  const { engine, pipeline } = data.status;
  return (
    <>
      {engine.state === 'away' && (
        <div className="notice warn" role="alert">
          {text('banner.away')}
        </div>
      )}
      {pipeline.refusing !== null && (
        <div className="notice bad" role="alert">
          {text('banner.refusing', { reason: pipeline.refusing })}
        </div>
      )}
    </>
  );
}
