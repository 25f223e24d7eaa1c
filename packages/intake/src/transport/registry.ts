/**
 * The transports, in the order they are asked. A new one is a file beside these and one line here, with
 * cases in testdata/.
 */
import { COMPOSE } from './compose.ts';
import { CRI } from './cri.ts';
import { DOCKER_JSON } from './docker-json.ts';
import { FILEBEAT } from './filebeat.ts';
import { GITHUB_ACTIONS } from './github-actions.ts';
import { JOURNALD } from './journald.ts';
import { KUBECTL } from './kubectl.ts';
import { STERN } from './stern.ts';
import { TAIL } from './tail.ts';
import type { Transport } from './transport.ts';

export const TRANSPORTS: readonly Transport[] = [
  TAIL,
  CRI,
  KUBECTL,
  GITHUB_ACTIONS,
  DOCKER_JSON,
  JOURNALD,
  FILEBEAT,
  COMPOSE,
  STERN,
];
