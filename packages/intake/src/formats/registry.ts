/**
 * The formats that Tendril knows by itself. A new one is a file or folder beside these and one line
 * here; those of packs come on top by `FORMATS.with(…)`.
 */
import { FormatTable } from '../format-table.ts';
import { ACCESS_LOG } from './access/access-log.ts';
import { DJANGO_SERVER } from './access/django-server.ts';
import { GIN } from './access/gin.ts';
import { UVICORN } from './access/uvicorn.ts';
import { STACK_TRACE } from './exceptions/stack-trace.ts';
import { JSON_LINES } from './json.ts';
import { LOGFMT } from './logfmt.ts';
import { OPENIM_CHECKS } from './openim/openim-checks.ts';
import { OPENIM_JS_SDK } from './openim/openim-js-sdk.ts';
import { OPENIM_JSON } from './openim/openim-json.ts';
import { OPENIM_SDK_DEBUG } from './openim/openim-sdk-debug.ts';
import { OPENIM_V2 } from './openim/openim-v2.ts';
import { OPENIM, OPENIM_SECOND_LINE } from './openim/openim.ts';
import { ROBOT_WEBSOCKET } from './robot/robot-websocket.ts';
import { TEXT } from './text.ts';
import { CARGO, RUST_PANIC } from './tracing/cargo.ts';
import { TRACING_JSON } from './tracing/tracing-json.ts';
import { TRACING } from './tracing/tracing-text.ts';

export const FORMATS: FormatTable = new FormatTable([
  OPENIM,
  OPENIM_JSON,
  OPENIM_SECOND_LINE,
  OPENIM_V2,
  OPENIM_JS_SDK,
  OPENIM_SDK_DEBUG,
  TRACING_JSON,
  TRACING,
  ROBOT_WEBSOCKET,
  ACCESS_LOG,
  GIN,
  UVICORN,
  DJANGO_SERVER,
  RUST_PANIC,
  STACK_TRACE,
  CARGO,
  OPENIM_CHECKS,
  JSON_LINES,
  LOGFMT,
  TEXT,
]);
