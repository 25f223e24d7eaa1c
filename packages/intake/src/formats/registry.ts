/**
 * The formats, in the order they are asked. A new one is a file or folder beside these and one line
 * here; `TEXT` knows every line and stays last.
 */
import type { LineFormat } from '../format.ts';
import { ACCESS_LOG } from './access-log.ts';
import { JSON_LINES } from './json.ts';
import { LOGFMT } from './logfmt.ts';
import { TEXT } from './text.ts';

export const FORMATS: readonly LineFormat[] = [JSON_LINES, LOGFMT, ACCESS_LOG, TEXT];
