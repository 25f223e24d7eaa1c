/** Secrets of every kind in every wrapping, made up from a seed. */

/** `secret` must not be left in the output; `before` and `after` must. */
export interface Positive {
  readonly before: string;
  readonly secret: string;
  readonly after: string;
}

let seed = 20_251_121;
function random(below: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const HEX = '0123456789abcdef';
const DIGITS = '0123456789';

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(random(alphabet.length))).join('');
}

function jwt(): string {
  const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
  const payload = Buffer.from(`{"UserID":"u${random(1e6)}","exp":1999999999}`).toString(
    'base64url',
  );
  return `${header}.${payload}.${pick(`${BASE62}-_`, 43)}`;
}

const PASSWORD_KEYS = [
  'password',
  'Password',
  'PASSWORD',
  'passwd',
  'pwd',
  'userPwd',
  'db_password',
  'DB_PASSWORD',
  'newPassword',
  'spring.datasource.password',
  'secret',
  'clientSecret',
  'app_secret',
  'accessKeySecret',
];
const TOKEN_KEYS = [
  'token',
  'accessToken',
  'refresh_token',
  'idToken',
  'imToken',
  'adminToken',
  'chat-token',
  'X-Auth-Token',
  'apiKey',
  'API_KEY',
  'private_key',
  'sessionId',
  'JSESSIONID',
];

function passwords(): string[] {
  return ['hunter2', 'openIM123', 'P@ssw0rd!', `${pick(BASE62, 9)}7`];
}

function tokens(): string[] {
  return [pick(HEX, 32), `${pick(BASE62, 24)}4`, jwt()];
}

type Wrapper = (key: string, value: string) => Positive;

function wrapper(open: string, close: string): Wrapper {
  return (key, secret) => ({
    before: open.replaceAll('KEY', key),
    secret,
    after: close.replaceAll('KEY', key),
  });
}

const PAIR_WRAPPERS: readonly Wrapper[] = [
  wrapper('KEY=', ''),
  wrapper('login KEY=', ' ok'),
  wrapper('?a=1&KEY=', '&platform=5'),
  wrapper('{"a":1,"KEY":"', '","b":2}'),
  wrapper('{"a": 1, "KEY": "', '", "b": 2}'),
  wrapper("{'KEY': '", "', 'x': 1}"),
  wrapper('req: "{\\"KEY\\":\\"', '\\",\\"n\\":1}"'),
  wrapper('outer "{\\"req\\":\\"{\\\\\\"KEY\\\\\\":\\\\\\"', '\\\\\\"}\\"}"'),
  wrapper('KEY:"', '"  seq:8'),
  wrapper('KEY: ', ', next: 1'),
  wrapper('KEY = ', ''),
  wrapper('map[a:1 KEY:', ' b:2]'),
  wrapper('{UserID:u1 KEY:', '}'),
  wrapper('<KEY>', '</KEY>'),
  wrapper('run --KEY ', ' --verbose'),
  wrapper('run --KEY=', ' --verbose'),
  wrapper('\u001b[36mKEY\u001b[0m=', ' done'),
  // The same, carried as text in JSON, and in the source of a shell.
  wrapper('\\u001b[36mKEY\\u001b[0m=', ' done'),
  wrapper('\\\\u001b[36mKEY\\\\u001b[0m=', ' done'),
  wrapper('\\x1b[36mKEY\\x1b[0m: ', ' done'),
  wrapper('{\\\\u0022KEY\\\\u0022:\\\\u0022', '\\\\u0022}'),
  wrapper('q=%7B%22KEY%22%3A%22', '%22%7D'),
  wrapper('next=KEY%3D', '%26a'),
  wrapper('用户登录，KEY：x KEY=', '，失败'),
  wrapper('KEY:=', ''),
  wrapper('{\\u0022KEY\\u0022:\\u0022', '\\u0022}'),
  wrapper('{&quot;KEY&quot;:&quot;', '&quot;}'),
  wrapper('"KEY" => "', '"'),
  wrapper('cfg["KEY"]="', '"'),
];

function pairPositives(): Positive[] {
  return PAIR_WRAPPERS.flatMap((wrap, index) =>
    PASSWORD_KEYS.map((key, at) => wrap(key, passwords()[(index + at) % 4] ?? '')).concat(
      TOKEN_KEYS.map((key, at) => wrap(key, tokens()[(index + at) % 3] ?? '')),
    ),
  ).filter(({ before, secret }) => !(before.endsWith('>') && secret.includes('!')));
}

function textPositives(): Positive[] {
  const wraps = ['# ', 'got #, done', '(#)', '"#"', '[#]', '中文#。', 'a\n#\nb', 'v=#;'];
  const secrets = [
    () => jwt(),
    () => `AKIA${pick('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
    () => `LTAI${pick(BASE62, 20)}`,
    () => `AKID${pick(BASE62, 32)}`,
    () => `ghp_${pick(BASE62, 36)}`,
    () => `github_pat_${pick(BASE62, 40)}`,
    () => `glpat-${pick(BASE62, 20)}`,
    () => `xoxb-${pick(DIGITS, 11)}-${pick(BASE62, 24)}`,
    () => `AIza${pick(BASE62, 34)}7`,
    () => `sk-ant-api03-${pick(BASE62, 60)}`,
    () => `sk-proj-${pick(BASE62, 48)}`,
    () => `sk_live_${pick(BASE62, 24)}`,
    () => `npm_${pick(BASE62, 36)}`,
    () => `SG.${pick(BASE62, 22)}.${pick(BASE62, 43)}`,
    () => `GOCSPX-${pick(BASE62, 28)}`,
    () => `hf_${pick('ABCDEFGHIJKLMNOPabcdefghijklmnop', 34)}`,
    () => `dop_v1_${pick(HEX, 64)}`,
    () => `shpat_${pick(HEX, 32)}`,
    () => `-----BEGIN RSA PRIVATE KEY-----\n${pick(BASE62, 64)}\n-----END RSA PRIVATE KEY-----`,
    () => `-----BEGIN PRIVATE KEY-----\\n${pick(BASE62, 64)}\\n-----END PRIVATE KEY-----\\n`,
  ];
  return secrets.flatMap((secret) => wraps.map((wrap) => wrapped(wrap, secret())));
}

function wrapped(wrap: string, secret: string): Positive {
  const [before = '', after = ''] = wrap.split('#');
  return { before, secret, after };
}

function schemePositives(): Positive[] {
  const wraps = [
    'Authorization: #',
    '"authorization":"#"',
    'map[Authorization:[#] Accept:[*/*]]',
    'with header #, retry',
    "curl -H 'Authorization: #' http://x",
    'headers Authorization=#',
    '\\"Authorization\\":\\"#\\"',
  ];
  return wraps.flatMap((wrap) => {
    const [before = '', after = ''] = wrap.split('#');
    const basic = Buffer.from(`admin:${pick(BASE62, 8)}`).toString('base64');
    return [
      { before: `${before}Bearer `, secret: `${pick(BASE62, 30)}5`, after },
      { before: `${before}bearer `, secret: jwt(), after },
      { before: `${before}Basic `, secret: basic, after },
    ];
  });
}

function urlPositives(): Positive[] {
  const urls = [
    ['mongodb://root:', '@127.0.0.1:37017/openim?x=1'],
    ['mongodb://root:', '@mongo-0:27017,mongo-1:27017/openim'],
    ['redis://:', '@localhost:6379/0'],
    ['mysql://app:', '@db:3306/im'],
    ['postgres://u:', '@/db?host=/tmp'],
    ['amqp://guest:', '@rabbit:5672/'],
    ['https://user:', '@example.com/path'],
    ['dsn root:', '@tcp(127.0.0.1:3306)/openIM_v3?charset=utf8mb4'],
    ['dial root:', '@10.0.0.5:9092 refused'],
    ['error "mongodb://openIM:', '@mongo:27017/?authSource=admin"'],
  ] as const;
  const params = ['token', 'access_token', 'sign', 'key', 'secret', 'code', 'password', 'sig'];
  return [
    ...urls.flatMap(([before, after]) =>
      ['openIM123', 'p@ss1word', pick(BASE62, 16)].map((secret) => ({ before, secret, after })),
    ),
    ...params.flatMap((param) => [
      { before: `GET /cb?a=1&${param}=`, secret: `${pick(BASE62, 20)}8`, after: '&b=2 200' },
      { before: `ws://im:10001?${param}=`, secret: `${pick(HEX, 30)}a7`, after: '' },
    ]),
    {
      before: 'https://oapi.dingtalk.com/robot/send?access_token=',
      secret: pick(HEX, 64),
      after: ' sent',
    },
    {
      before: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=',
      secret: '693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa',
      after: '',
    },
    {
      before: 'https://open.feishu.cn/open-apis/bot/v2/hook/',
      secret: '1f7a3c5e-9b2d-4e6f-8a0c-1d3e5f7a9b1c',
      after: '',
    },
    {
      before: 'https://hooks.slack.com/services/',
      secret: `T${pick(BASE62, 8)}/B${pick(BASE62, 8)}/${pick(BASE62, 24)}`,
      after: '',
    },
  ];
}

function numberPositives(): Positive[] {
  const wraps = [
    'phone # bound',
    '"phoneNumber":"#"',
    '"mobile":#,',
    '手机号#已注册',
    'tel=#',
    '用户（#）',
    'path /users/#/x',
    'mobile%3D#%26',
    '\\"phone\\":\\"#\\"',
    '#',
  ];
  return wraps.flatMap((wrap) =>
    [phone, () => `86${phone()}`, idCard, bankCard, spacedCard, spacedPhone].map((make) =>
      wrapped(wrap, make()),
    ),
  );
}

function phone(): string {
  return `1${pick('3456789', 1)}${pick(DIGITS, 9)}`;
}

function spacedPhone(): string {
  const digits = phone();
  return `${digits.slice(0, 3)}-${digits.slice(3, 7)}-${digits.slice(7)}`;
}

function idCard(): string {
  const digits = `${['110101', '440305', '320102'][random(3)] ?? ''}19${pick('56789', 1)}${pick(DIGITS, 1)}0${1 + random(9)}1${random(9)}${pick(DIGITS, 3)}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(digits.charAt(at)), 0);
  return digits + '10X98765432'.charAt(sum % 11);
}

function bankCard(): string {
  const [prefix, length] = (
    [
      ['622202', 19],
      ['621700', 16],
      ['4', 16],
      ['53', 16],
      ['37', 15],
    ] as const
  )[random(5)] ?? ['4', 16];
  const body = prefix + pick(DIGITS, length - prefix.length - 1);
  let sum = 0;
  for (let index = 0; index < body.length; index++) {
    const digit = Number(body.charAt(body.length - 1 - index)) * (index % 2 === 0 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return body + String((10 - (sum % 10)) % 10);
}

function spacedCard(): string {
  for (;;) {
    const digits = bankCard();
    if (digits.length === 16) return digits.replace(/(\d{4})(?=\d)/g, '$1 ');
  }
}

function otherPositives(): Positive[] {
  const emails = ['bob@example.com', 'li.lei+im@mail.163.com', 'x_y-z@sub.corp.com.cn'];
  const wraps = ['mail # sent', '"email":"#"', '<#>', '邮箱#，', 'mailto:#', 'email=#&a=1'];
  return [
    ...emails.flatMap((email) =>
      wraps.map((wrap) => {
        const [before = '', after = ''] = wrap.split('#');
        const [local = '', domain = ''] = email.split('@');
        return { before, secret: local, after: `@${domain}${after}` };
      }),
    ),
    ...[
      '密码：#',
      '密码: #',
      '口令=#',
      '登录密码是#，',
      '密码为“#”',
      '密钥：#。',
      '"密码":"#",',
      '\\"口令\\":\\"#\\"',
    ].map((wrap) => wrapped(wrap, `${pick(BASE62, 8)}3`)),
    ...['验证码：#', '您的验证码是#，5分钟内有效', '验证码为 #', '校验码:#'].map((wrap) =>
      wrapped(wrap, pick(DIGITS, 6)),
    ),
    ...['verifyCode=#', '"smsCode":"#"', '"captcha": #,', 'verification code: #', 'otp=#'].map(
      (wrap) => wrapped(wrap, `8${pick(DIGITS, 5)}`),
    ),
    wrapped('Cookie: #\nHost: x', `sid=${pick(BASE62, 20)}; lang=zh`),
    wrapped('"set-cookie":["#"]', `session=${pick(BASE62, 20)}; Path=/`),
    wrapped('encryptionKey=#', pick(BASE62, 32)),
    wrapped('AccountKey=#', `${pick(BASE62, 30)}12`),
    wrapped('API key: #', `${pick(BASE62, 30)}9`),
    wrapped('"sign":"#"', pick(HEX, 32)),
    wrapped('"privateKey":"#"', pick(BASE62, 64)),
    wrapped('Proxy-Authorization: Basic #', 'YWRtaW46c2VjcmV0MQ=='),
    wrapped('DB_URL=server=x;password=#;uid=sa', 'S3cret!pw'),
  ];
}

export const POSITIVES: readonly Positive[] = [
  ...pairPositives(),
  ...textPositives(),
  ...schemePositives(),
  ...urlPositives(),
  ...numberPositives(),
  ...otherPositives(),
];
