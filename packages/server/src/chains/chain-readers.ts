/** What every read of chains needs. */
import type { Knowledge } from '@tendril/chains/findings';
import type { LogReader } from '../logs/log-reader.ts';

export interface ChainReaders {
  readonly reader: LogReader;
  /** Of spans. */
  readonly spanReader: LogReader;
  /** Of the packs of this server, read when the first chain is asked for. */
  readonly knowledge: () => Knowledge;
}
