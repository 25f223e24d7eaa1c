/** How chains end, in words. */
import type { ChainOutcome } from '@tendril/api/chain';
import type { PageMessageId } from '@tendril/messages/page';

export const OUTCOME_LABELS: Readonly<Record<ChainOutcome, PageMessageId>> = {
  ok: 'chain.outcome.ok',
  failed: 'chain.outcome.failed',
  refused: 'chain.outcome.refused',
  slow: 'chain.outcome.slow',
  incomplete: 'chain.outcome.incomplete',
};
