/**
 * Secrets that are known by how they begin: one table, read by the search for candidates (bytes)
 * and by the matching (raw text).
 *
 * `anchor` is the index of a character in `prefix` that seldom follows the one before it: the search
 * stops there (both must be in one of the gates of `gates.ts`) and compares the prefix. `rest` follows the prefix. It is a chain of
 * character classes without alternatives that share a beginning, so it never goes back.
 */
import { toRaw } from './raw-text.ts';
import type { RuleName } from './scan.ts';
import { CHINESE_CODES, CHINESE_PASSWORDS } from './secret-keys.ts';

export interface PrefixRule {
  readonly rule: RuleName;
  readonly label: string;
  /** Raw. */
  readonly prefix: string;
  readonly anchor: number;
  /** As many bytes that are no blanks must follow before `rest` is tried; saves prose the trouble. */
  readonly restMin?: number;
  /** Sticky. A group, if any, is the part to hide; else prefix and rest are hidden. */
  readonly rest: RegExp;
  /** What must hold before the prefix: not the middle of a word, or nothing. */
  readonly before: 'boundary' | 'any';
  /** What is hidden must have the entropy of a random string, or a digit, or not be prose. */
  readonly check?: 'random' | 'code' | 'password';
}

type PrefixRow = Omit<PrefixRule, 'rule' | 'before'>;

const VENDOR_KEYS: readonly PrefixRow[] = [
  { label: 'aws', prefix: 'AKIA', anchor: 1, rest: /[A-Z0-9]{16}(?![A-Za-z0-9])/y },
  { label: 'aws', prefix: 'ASIA', anchor: 2, rest: /[A-Z0-9]{16}(?![A-Za-z0-9])/y },
  { label: 'aliyun', prefix: 'LTAI', anchor: 1, rest: /[A-Za-z0-9]{12,26}(?![A-Za-z0-9])/y },
  { label: 'tencent', prefix: 'AKID', anchor: 1, rest: /[A-Za-z0-9]{32}(?![A-Za-z0-9])/y },
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => ({
    label: 'github',
    prefix,
    anchor: 1,
    rest: /[A-Za-z0-9]{30,255}/y,
  })),
  { label: 'github', prefix: 'github_pat_', anchor: 6, rest: /\w{22,255}/y },
  { label: 'gitlab', prefix: 'glpat-', anchor: 2, rest: /[\w-]{20,255}/y },
  ...['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-'].map((prefix) => ({
    label: 'slack',
    prefix,
    anchor: 2,
    rest: /[\w-]{10,255}/y,
  })),
  { label: 'slack', prefix: 'xapp-', anchor: 4, rest: /[\w-]{10,255}/y },
  {
    label: 'slack',
    prefix: 'hooks.slack.com/services/',
    anchor: 3,
    rest: /([\w/-]{20,255})/y,
  },
  {
    label: 'teams',
    prefix: 'webhook.office.com/webhookb2/',
    anchor: 6,
    rest: /([\w/@-]{20,255})/y,
  },
  { label: 'feishu', prefix: 'bot/v2/hook/', anchor: 10, rest: /([\w-]{16,64})/y },
  { label: 'feishu', prefix: 'bot/hook/', anchor: 7, rest: /([\w-]{16,64})/y },
  { label: 'wecom', prefix: 'webhook/send?key=', anchor: 16, rest: /([\w-]{16,64})/y },
  {
    label: 'google',
    prefix: 'AIza',
    anchor: 2,
    rest: /[\w-]{35,64}/y,
    check: 'random' as const,
  },
  { label: 'google', prefix: 'GOCSPX-', anchor: 6, rest: /[\w-]{28,64}/y },
  { label: 'anthropic', prefix: 'sk-ant-', anchor: 2, rest: /[\w-]{20,255}/y },
  { label: 'openai', prefix: 'sk-proj-', anchor: 2, rest: /[\w-]{20,255}/y },
  {
    label: 'openai',
    prefix: 'sk-',
    anchor: 2,
    rest: /[A-Za-z0-9]{32,255}/y,
    check: 'random' as const,
  },
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'].map((prefix) => ({
    label: 'stripe',
    prefix,
    anchor: 2,
    rest: /[A-Za-z0-9]{16,255}/y,
  })),
  { label: 'npm', prefix: 'npm_', anchor: 3, rest: /[A-Za-z0-9]{36}(?![A-Za-z0-9])/y },
  { label: 'pypi', prefix: 'pypi-AgE', anchor: 6, rest: /[\w-]{40,255}/y },
  {
    label: 'sendgrid',
    prefix: 'SG.',
    anchor: 2,
    rest: /[\w-]{22}\.[\w-]{43,64}/y,
  },
  { label: 'huggingface', prefix: 'hf_', anchor: 1, rest: /[A-Za-z]{34}(?![A-Za-z0-9])/y },
  { label: 'digitalocean', prefix: 'dop_v1_', anchor: 4, rest: /[0-9a-f]{64}/y },
  { label: 'shopify', prefix: 'shpat_', anchor: 2, rest: /[0-9a-fA-F]{32}/y },
];

/**
 * `密码：…`, `验证码是 …`: no ASCII key is there to be found. Part of the prefix: `密码错误` must cost
 * the search nothing.
 */
const CHINESE_IS = ['：', '是', '为', ':', '=', '"', '\\', ' '];
const CHINESE_GAP = `[\\\\"]{0,8}[ :=]{0,4}(?:${toRaw('：')})? {0,4}(?:["'\`]|\\\\{1,7}"|${toRaw('“')}|${toRaw('「')})?`;

function chineseRows(
  words: readonly string[],
  label: 'password' | 'code',
  value: string,
): readonly PrefixRow[] {
  const rest = new RegExp(`${CHINESE_GAP}(${value})`, 'y');
  return words.flatMap((word) =>
    CHINESE_IS.map((is) => {
      // After a mere blank a word is prose: `密码 incorrect`.
      const check = label === 'code' || is === ' ' ? 'code' : 'password';
      return { label, prefix: toRaw(word + is), anchor: toRaw(word).length - 1, rest, check };
    }),
  );
}

function ruleOf(rule: RuleName, before: PrefixRule['before'], row: PrefixRow): PrefixRule {
  return { ...row, rule, before };
}

export const PREFIX_RULES: readonly PrefixRule[] = [
  ...VENDOR_KEYS.map((row) => ruleOf('vendor', 'boundary', row)),
  {
    rule: 'jwt',
    label: 'jwt',
    prefix: 'eyJ',
    anchor: 2,
    rest: /[\w-]+/y,
    before: 'boundary',
  },
  ...['token ', 'Token '].map(
    (prefix) =>
      ({
        rule: 'authorization',
        label: 'token',
        prefix,
        anchor: 2,
        restMin: 16,
        rest: /([\w.~+/=-]{16,1024})/y,
        before: 'boundary',
        check: 'random',
      }) as const,
  ),
  {
    rule: 'private-key',
    label: 'private-key',
    prefix: '-----BEGIN ',
    anchor: 5,
    rest: /[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y,
    before: 'any',
  },
  ...chineseRows(CHINESE_PASSWORDS, 'password', '[!#-&(-+\\--:<-[\\]-~]{3,128}').map((row) =>
    ruleOf('key', 'any', row),
  ),
  ...chineseRows(CHINESE_CODES, 'code', '[A-Za-z0-9]{3,12}').map((row) =>
    ruleOf('key', 'any', row),
  ),
];
