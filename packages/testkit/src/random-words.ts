/**
 * Words that random records and random queries are both made of, so that queries find something: case,
 * scripts, punctuation, numbers as text, wildcards, quotes, white space, NUL.
 */
const WORD_GROUPS = [
  ['error', 'Error', 'TIMEOUT', 'timeout', 'time-out', 'foo_bar', 'x', 'and', 'or', 'not'],
  ['连接失败', '连接', '超时', '用户ID', '错误：', '한국어', 'カタカナ', '，。', '连接MongoDB失败'],
  ['ÄÖÜ', 'äöü', 'straße', '\u212A', 'k', 'İ', 'ſ', 'ΑΣ', 'ας', 'é', 'É', 'e\u0301', 'ﬁ'],
  ['10.0.0.1', '10.0.0.1:8080', '10.9.9.9', 'fe80::1', '[fe80::2]:99', '::ffff:10.1.1.1'],
  ['10.0.0.0/8', '10.0.0.1/32', 'fe80::/10', '::/0', '0.0.0.0/0', '10.0.0.1/33', '010.0.0.1'],
  ['a%b', 'a_b', '%', '_', '\\', '\\\\', '"', "'", '`', '\0', 'a\0b', '😀', '\uFFFD', '\u{10FFFF}'],
  ['200', '200.0', '2e2', '0200', '-1', '1.5', '1e400', 'inf', 'nan', 'true', 'false', 'null'],
  ['12345678901234567890', '9007199254740993', '[GIN]', '->', '=>', '(', ')', '{}', '|', '||'],
  ['/user/login', '/x/', '100ms', '1m30s', '0.1s', '2MB', '2.5 KiB', '2000000 b', 'x*y', '*'],
  ['', ' ', '\n', '\t', '\u00A0', '\u3000', 'u1001', 'openim-api', '0123456789abcdef', 'word7'],
  ['0123456789abcdef0123456789abcdef', 'WARN', 'custom', 'err', 'word8', 'retry3x', '3f2a9c1d'],
];
export const WORDS: readonly string[] = WORD_GROUPS.flat();

const KEY_GROUPS = [
  ['status', 'method', 'latency_ms', 'size', 'ip', 'tags', 'took', 'source', 'userID', 'uid'],
  ['user.name', 'a.b', 'a.b.c', '日志', 'with space', 'we`ird', 'quo"te', 'back\\slash'],
  ['^caret', 'x:y', 'attributes.x', 'cost', 'errCode', 'in(paren)', "it's", 'name*'],
];
/** Of attributes. */
export const KEYS: readonly string[] = KEY_GROUPS.flat();

export const RESOURCE_KEYS: readonly string[] = ['host.name', 'ip', 'k8s.pod', 'we`ird'];
