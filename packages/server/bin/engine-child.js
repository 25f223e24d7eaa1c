/**
 * The engine's own process: `engine-child.js LIBRARY ARGUMENT...`, the arguments those of `clickhouse
 * local`. Runs the library on a thread of its own, so that this thread sees the parent's pipe close.
 *
 * It imports nothing of Tendril, and it is plain JavaScript: every megabyte here is on top of the engine's,
 * and erasing types costs 17.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { DataType, load, open } from 'ffi-rs';

/** Exit code that `process-run.ts` knows. */
const LIBRARY_REFUSED = 70;

/**
 * How far behind the server, which acknowledges what arrives: with as many merging and inserting threads as there are cores,
 * it would wait for its turn. Threads started later have it too.
 */
const BEHIND = 5;

/** Of madvise(2), on Linux. */
const MADV_DONTNEED = 4;
const LOOK_EVERY_MS = 10_000;
/** Processor time of all threads between two looks that counts as rest, */
const REST_MS = 500;
/** and since the last time that makes it worth doing again. */
const BUSY_MS = 1_000;

const [libraryPath = '', ...engineArguments] = process.argv.slice(2);

setPriority(Math.min(getPriority() + BEHIND, constants.priority.PRIORITY_LOW));

// An exit by `process.exit` would wait for the engine's threads; a kill is what it is built to survive.
const end = () => void process.kill(process.pid, 'SIGKILL');
process.stdin.on('end', end);
process.stdin.on('error', end);
process.stdin.resume();

loadLibrary();
if (process.platform === 'linux') giveBackCodeAtRest();
runEngine().catch((error) => {
  process.stderr.write(`${String(error)}\n`);
  end();
});

function loadLibrary() {
  try {
    open({ library: 'chdb', path: libraryPath });
    // All that is loaded already, the system's own functions among it.
    open({ library: 'self', path: '' });
  } catch (error) {
    process.stderr.write(`cannot load ${libraryPath}: ${String(error)}\n`);
    process.exit(LIBRARY_REFUSED);
  }
}

/**
 * Half of the 200 MB of the library's file that starting and loading bring into this process are not used again. When it has
 * come to rest they are given back: they stay in the system's cache, and what is used again is back within microseconds.
 */
function giveBackCodeAtRest() {
  let before = process.cpuUsage();
  let busyMs = BUSY_MS;
  setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    const usedMs = (user + system) / 1_000;
    busyMs += usedMs;
    if (usedMs > REST_MS || busyMs < BUSY_MS) return;
    busyMs = 0;
    for (const mapping of codeOf(realpathSync(libraryPath))) giveBack(mapping);
  }, LOOK_EVERY_MS);
}

function giveBack({ start, byteLength }) {
  load({
    library: 'self',
    funcName: 'madvise',
    retType: DataType.I32,
    paramsType: [DataType.U64, DataType.U64, DataType.I32],
    paramsValue: [start, byteLength, MADV_DONTNEED],
  });
}

/** Where the file is mapped read-only and as it is on disk: a page that was changed would be lost. */
function codeOf(path) {
  const mappings = readFileSync('/proc/self/smaps', 'utf8').split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/);
  return mappings
    .filter((mapping) => mapping.includes(` ${path}\n`) && /^\S+ r-[x-]p /.test(mapping))
    .filter((mapping) => /^Anonymous: +0 kB$/m.test(mapping))
    .map((mapping) => {
      const [start = 0, end = 0] = mapping.split(/[- ]/, 2).map((hex) => Number.parseInt(hex, 16));
      return { start, byteLength: end - start };
    });
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
