/** What a value looks like: chosen at random, a word, an identifier, a stand-in for a value. */

/** Bits per character; the generic rule of gitleaks. */
const RANDOM_ENTROPY_MIN = 3.5;
/** Entropy is taken over this much; what is longer is not a word anyway. */
const ENTROPY_LENGTH_MAX = 256;

const STAND_IN =
  /^(?:null|nil|none|undefined|true|false|empty|unset|n\/a|nan|<[\w .-]{1,40}>|\$\{.*|\$\(.*|\{\{.*|\$\d{1,2}|%[+#-]?[svdqxT]|\?|[*xX•.-]+|\[\]|\{\}|\[?redacted\]?|<?masked>?|<?hidden>?|sha256:[0-9a-f]{64})$/i;

/** Words after which a value is not a value but the rest of a sentence. */
const PROSE =
  /^(?:is|are|was|were|be|has|have|had|must|should|can|cannot|could|may|will|not|no|for|from|of|to|in|on|at|by|with|and|or|the|a|an|this|that|it|if|too|ok|okay|yes|error|failed|failure|success|invalid|valid|expired|missing|required|unexpected|incorrect|wrong|mismatch|malformed|rejected|accepted|denied|refused|empty|unknown|ignored|disabled|enabled|length|unauthorized|forbidden|verify|parse|check|checking|set|unset|got|given|changed|updated|reset|removed|created|deleted|found|used|unused|string|number|boolean|int|bytes|object)$/i;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HEX_ID = /^(?:[0-9a-f]{16}|[0-9a-f]{24}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i;
const DECIMAL = /^[-+]?\d[\d.]*$/;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const PLAIN_WORD = /^[A-Z]?[a-z]+(?:['’-][a-z]+)*[.!?:]?$|^[A-Z]+[.!?:]?$/;
const IDENTIFIER_WORDS = /^[A-Za-z]+(?:[._][A-Za-z]+)*$/;

/** `null`, `%s`, `${PASSWORD}`, `****`: nothing is given away. */
export function isStandIn(value: string): boolean {
  return value.length <= 512 && STAND_IN.test(value);
}

/** `android.os.BinderProxy@2bd79ce`, as Java prints an object that cannot print itself. */
const OBJECT = /^(?:[a-z_]\w{0,64}\.){1,16}[A-Z][\w$]{0,128}@[0-9a-f]{5,8}$/;
/** A number of 64 bits as `%x` prints it: who holds it can guess the next one. */
const HANDLE = /^0x[0-9a-f]{1,16}$/i;

/** What only names a thing inside of a program; a session may be a number (ZooKeeper), a password is none. */
export function isReference(value: string, label: string): boolean {
  if (value.length > 512) return false;
  const isObject = value.includes('@') && OBJECT.test(value);
  return isObject || (label === 'session' && HANDLE.test(value));
}

/** A word that goes on with a sentence instead of being a value. */
export function isProse(value: string): boolean {
  return value.length <= 24 && PROSE.test(value);
}

/** One word of prose, in whatever case. */
export function isPlainWord(value: string): boolean {
  return value.length <= 24 && PLAIN_WORD.test(value);
}

/** Identifiers of systems: they look random and are no secrets. */
export function isSystemId(value: string): boolean {
  return UUID.test(value) || HEX_ID.test(value) || DECIMAL.test(value) || ULID.test(value);
}

/** The guard of the generic rule. */
export function looksRandom(value: string): boolean {
  if (value.length < 10 || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return !isSystemId(value) && !/\s/.test(value) && entropyOf(value) >= RANDOM_ENTROPY_MIN;
}

/** Weaker: not a word, not a dotted name, not a short number. */
export function looksMadeUp(value: string, lengthMin: number): boolean {
  if (value.length < lengthMin || isPlainWord(value)) return false;
  if (/\d/.test(value)) return !/^[-+]?\d{1,5}(?:\.\d+)?[a-z%]{0,3}$/i.test(value);
  if (!IDENTIFIER_WORDS.test(value)) return value.length >= 12 && /[A-Za-z]{4}/.test(value);
  return hasMixedCase(value);
}

/** Among random letters about half are capitals, in names (`AppWindowToken`) a fifth. */
function hasMixedCase(value: string): boolean {
  const capitals = value.replace(/[^A-Z]/g, '').length * 10;
  return capitals > value.length * 3 && capitals < value.length * 7;
}

/** Shannon entropy in bits per character. */
export function entropyOf(value: string): number {
  const length = Math.min(value.length, ENTROPY_LENGTH_MAX);
  const counts = new Map<number, number>();
  for (let index = 0; index < length; index++) {
    const code = value.charCodeAt(index);
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  let bits = 0;
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length);
  return bits;
}
