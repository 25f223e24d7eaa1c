/** The commands, in the order help lists them. A new one is a file beside these and one line here. */
import type { Command } from '../command.ts';
import { agent } from './agent.ts';
import { analyze } from './analyze.ts';
import { chain } from './chain.ts';
import { change } from './change.ts';
import { demo } from './demo.ts';
import { down } from './down.ts';
import { exportRecords } from './export.ts';
import { help } from './help.ts';
import { importLines } from './import.ts';
import { list } from './list.ts';
import { monitor } from './monitor.ts';
import { pack } from './pack.ts';
import { parse } from './parse.ts';
import { patterns } from './patterns.ts';
import { pipe } from './pipe.ts';
import { search } from './search.ts';
import { status } from './status.ts';
import { tail } from './tail.ts';
import { trace } from './trace.ts';
import { token } from './token.ts';
import { up } from './up.ts';

export const COMMANDS: readonly Command[] = [
  up,
  down,
  status,
  importLines,
  pipe,
  search,
  exportRecords,
  tail,
  trace,
  chain,
  change,
  patterns,
  parse,
  pack,
  analyze,
  list,
  monitor,
  agent,
  token,
  demo,
  help,
];
