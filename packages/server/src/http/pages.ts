/**
 * The web UI's files: what the build wrote, listed once at start, so that a path in a request only
 * ever selects from that list. Names with a hash in them are kept by browsers for good; the page
 * itself is sent anew each time with its own nonce, which the content security policy names.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Failure } from '@tendril/model/failure';

export interface Pages {
  /** Undefined when the path is no page and no file of one. */
  answer(request: PageRequest): Response | undefined;
}

export interface PageRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Written by the build beside each file that compresses well. Best first. */
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

/** Stands for the nonce in the built page. */
const NONCE_MARK = '__TENDRIL_NONCE__';
const NONCE_BYTES = 18;
/** Where the build puts the files whose names hold a hash of what is in them. */
const HASHED = '/assets/';
/** Paths of machines: nothing below them is a page, whatever the client accepts. */
const MACHINE_PATHS = /^\/(?:api|healthz|readyz|metrics|elastic|loki|prometheus|v1)(?:\/|$)/;

interface PageFile {
  readonly type: string;
  readonly variants: ReadonlyMap<string, string>;
}

/** `root` is the build's folder; nothing is read from it later than here but the listed files. */
export function openPages(root: string): Pages {
  const index = join(root, 'index.html');
  const parts = existsSync(index) ? readFileSync(index, 'utf8').split(NONCE_MARK) : undefined;
  const files = parts ? filesBelow(root) : new Map<string, PageFile>();
  const contents = new Map<string, Buffer<ArrayBuffer>>();
  const contentOf = (path: string): Buffer<ArrayBuffer> => {
    const known = contents.get(path) ?? Buffer.from(readFileSync(path));
    contents.set(path, known);
    return known;
  };
  return {
    answer: ({ method, path, headers }) => {
      if (method !== 'GET' && method !== 'HEAD') return undefined;
      const file = files.get(path);
      if (file) return fileResponse(path, file, { headers, contentOf });
      if (!wantsPage(path, headers)) return undefined;
      return parts ? pageResponse(parts) : notBuilt();
    },
  };
}

function filesBelow(root: string): ReadonlyMap<string, PageFile> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const listed = new Set(names);
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const type = TYPES[extname(name)];
    if (type === undefined || name.startsWith('.')) continue;
    const variants = new Map([['identity', join(root, name)]]);
    for (const { name: encoding, suffix } of ENCODINGS) {
      if (listed.has(name + suffix)) variants.set(encoding, join(root, name + suffix));
    }
    files.set(`/${name.replaceAll('\\', '/')}`, { type, variants });
  }
  return files;
}

interface FileAnswer {
  readonly headers: Headers;
  readonly contentOf: (path: string) => Buffer<ArrayBuffer>;
}

function fileResponse(path: string, file: PageFile, { headers, contentOf }: FileAnswer): Response {
  const accepted = headers.get('accept-encoding') ?? '';
  const encoding =
    ENCODINGS.find(({ name }) => file.variants.has(name) && accepts(accepted, name))?.name ??
    'identity';
  const content = contentOf(file.variants.get(encoding) ?? '');
  return new Response(content, {
    headers: {
      'content-type': file.type,
      'content-length': String(content.byteLength),
      'cache-control': path.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      'cross-origin-resource-policy': 'same-origin',
      ...(encoding !== 'identity' && { 'content-encoding': encoding }),
    },
  });
}

/** `br;q=0` refuses. */
function accepts(header: string, encoding: string): boolean {
  return header.split(',').some((part) => {
    const [name = '', quality = ''] = part.split(';').map((each) => each.trim());
    return name.toLowerCase() === encoding && !/^q=0(?:\.0*)?$/.test(quality);
  });
}

// What is under a page's address is found by the page itself, so every other path is the page.
function wantsPage(path: string, headers: Headers): boolean {
  if (MACHINE_PATHS.test(path) || path.startsWith(HASHED)) return false;
  return path === '/' || (headers.get('accept') ?? '').includes('text/html');
}

function pageResponse(parts: readonly string[]): Response {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  return new Response(parts.join(nonce), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': pagePolicy(nonce),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    },
  });
}

/** Scripts from this server alone; style elements only with the nonce; text never becomes markup. */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ');
}

function notBuilt(): never {
  throw new Failure({
    code: 'pages_not_built',
    detail: 'the pages are not built: run "npm run build:web", or start with "npm start"',
  });
}
