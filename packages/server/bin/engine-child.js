/**
 * The engine's own process: `engine-child.js LIBRARY ARGUMENT...`, the arguments those of `clickhouse
 * local`. Runs the library on a thread of its own, so that this thread sees the parent's pipe close.
 *
 * It imports nothing of Tendril, and it is plain JavaScript: every megabyte here is on top of the engine's,
 * and erasing types costs 17.
 */
import { constants, getPriority, setPriority } from 'node:os';
import { DataType, load, open } from 'ffi-rs';

/** Exit code that `process-run.ts` knows. */
const LIBRARY_REFUSED = 70;

/**
 * How far behind the server, which acknowledges what arrives: with as many merging and inserting threads as there are cores,
 * it would wait for its turn. Threads started later have it too.
 */
const BEHIND = 5;

const [libraryPath = '', ...engineArguments] = process.argv.slice(2);

setPriority(Math.min(getPriority() + BEHIND, constants.priority.PRIORITY_LOW));

// An exit by `process.exit` would wait for the engine's threads; a kill is what it is built to survive.
const end = () => void process.kill(process.pid, 'SIGKILL');
process.stdin.on('end', end);
process.stdin.on('error', end);
process.stdin.resume();

loadLibrary();
runEngine().catch((error) => {
  process.stderr.write(`${String(error)}\n`);
  end();
});

function loadLibrary() {
  try {
    open({ library: 'chdb', path: libraryPath });
  } catch (error) {
    process.stderr.write(`cannot load ${libraryPath}: ${String(error)}\n`);
    process.exit(LIBRARY_REFUSED);
  }
}

async function runEngine() {
  // The first argument is the program's name, which the library skips.
  const argv = ['tendril-engine', ...engineArguments];
  await load({
    library: 'chdb',
    funcName: 'chdb_query_cmdline',
    retType: DataType.External,
    paramsType: [DataType.I32, DataType.StringArray],
    paramsValue: [argv.length, argv],
    runInNewThread: true,
  });
  throw new Error('the engine ended by itself');
}
