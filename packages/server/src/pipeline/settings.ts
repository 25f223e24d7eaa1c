/** Settings of the pipeline. */
import { section, setting, type SettingsOf } from '@tendril/config/settings';
import { byteSize, number } from '@tendril/config/value-type';
import { DEFAULT_PIPELINE_LIMITS } from './pipeline-limits.ts';

export interface PipelineConfig {
  readonly 'wal.bytesMax': number;
  readonly 'disk.usedShareMax': number;
  readonly 'disk.freeBytesMin': number;
}

const MIB = 1024 * 1024;
const TIB: number = 1024 * 1024 * MIB;

export const PIPELINE_SETTINGS: SettingsOf<PipelineConfig> = {
  ...section('wal', {
    bytesMax: setting(
      byteSize({ min: 16 * MIB, max: 16 * TIB }),
      DEFAULT_PIPELINE_LIMITS.walBytesMax,
      'Records on disk that the engine does not have yet; past it senders are told to wait.',
    ),
  }),
  ...section('disk', {
    usedShareMax: setting(
      number({ min: 0.1, max: 1 }),
      DEFAULT_PIPELINE_LIMITS.disk.usedFractionMax,
      'Share of the file system in use past which senders are told to wait.',
    ),
    freeBytesMin: setting(
      byteSize({ min: MIB, max: 16 * TIB }),
      DEFAULT_PIPELINE_LIMITS.disk.freeBytesMin,
      'Free space below which senders are told to wait.',
    ),
  }),
};
