/**
 * The formats that Tendril knows by itself. A new one is a file or folder beside these and one line
 * here; those of packs come on top by `FORMATS.with(…)`.
 */
import { FormatTable } from '../format-table.ts';
import { ACCESS_LOG } from './access-log.ts';
import { JSON_LINES } from './json.ts';
import { LOGFMT } from './logfmt.ts';
import { TEXT } from './text.ts';

export const FORMATS: FormatTable = new FormatTable([ACCESS_LOG, JSON_LINES, LOGFMT, TEXT]);
