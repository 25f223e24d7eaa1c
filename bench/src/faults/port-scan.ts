/** Garbage, TLS hellos and half requests to every port of the engine, which some of them abort. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { LedgerSender } from './ledger-sender.ts';
import type { Scenario } from './scenario.ts';
import { pause } from '../server-process.ts';

const PROBES: readonly Buffer[] = [
  Buffer.from('\n'),
  Buffer.from([0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]),
  Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  Buffer.from('\0\0\0\0garbage'),
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
];

export function portScan(rounds: number): Scenario {
  return {
    name: `${rounds} port scans of the engine`,
    async run(server) {
      await server.start();
      const sender = new LedgerSender({
        url: server.logsUrl,
        seed: 9,
        recordsPerRequest: 100,
        connections: 2,
        recordsPerSecond: 10_000,
      });
      sender.start();
      let deaths = 0;
      for (let round = 0; round < rounds; round += 1) {
        const engine = server.enginePid;
        for (const port of listeningPorts(engine)) {
          for (const probe of PROBES) await poke(port, probe);
        }
        await pause(3_000);
        if (!server.children().includes(engine)) deaths += 1;
      }
      const issued = await sender.stop();
      return {
        issued,
        notes: `the engine was restarted ${deaths} times, ${sender.retries} retries`,
      };
    },
  };
}

async function poke(port: number, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    // The engine dies of answering somebody who is gone already.
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, () => socket.destroy()));
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.setTimeout(500, () => socket.destroy());
  });
}

/** TCP ports that a process listens on, from /proc. */
function listeningPorts(pid: number): number[] {
  const inodes = new Set<string>();
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    const inode = socketInode(`/proc/${pid}/fd/${descriptor}`);
    if (inode) inodes.add(inode);
  }
  const lines = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, 'utf8').split('\n').slice(1),
  );
  return lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state] = fields;
    const port = Number.parseInt(local.split(':')[1] ?? '', 16);
    return state === '0A' && inodes.has(fields[9] ?? '') ? [port] : [];
  });
}

function socketInode(path: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
  } catch {
    // Descriptors come and go while they are listed.
    return undefined;
  }
}
