/** `tendril token create | list | revoke`. */
import { SCOPES, type Scope } from '@tendril/api/scope';
import type { Command, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badUsage, badValue, isSet, textFlag, textFlags } from '../flag-values.ts';
import { printable, printableJson } from '../output/printable.ts';
import { tableLines } from '../output/table.ts';

export const token: Command = {
  name: 'token',
  summary: 'token.summary',
  usage: 'token create --scope SCOPE [--name NAME] [--expires WHEN] | token list | token revoke ID',
  examples: [
    { line: 'token create --scope ingest --name collectors', summary: 'token.example.create' },
    { line: 'token list', summary: 'token.example.list' },
    { line: 'token revoke 4f2c', summary: 'token.example.revoke' },
  ],
  flags: {
    scope: { type: 'string', multiple: true, value: 'SCOPE', summary: 'token.flag.scope' },
    name: { type: 'string', value: 'NAME', summary: 'token.flag.name', default: 'cli' },
    expires: { type: 'string', value: 'WHEN', summary: 'token.flag.expires' },
  },

  async run(invocation) {
    const { messages } = invocation;
    const [action, ...rest] = invocation.positionals;
    switch (action) {
      case 'create':
        return await create(invocation, rest);
      case 'list':
        return await list(invocation, rest);
      case 'revoke':
        return await revoke(invocation, rest);
      case undefined:
        throw badUsage(messages.text('say.usage.missing', { what: 'create, list, revoke' }));
      default:
        throw badUsage(messages.text('say.usage.unknown', { argument: printable(action) }));
    }
  },
};

async function create(invocation: Invocation, rest: readonly string[]): Promise<ExitCode> {
  const { api, flags, stdout, stderr, messages } = invocation;
  refuseMore(rest, invocation);
  const expires = textFlag(flags, 'expires');
  const created = await api.createToken({
    name: textFlag(flags, 'name') ?? 'cli',
    scopes: scopesOf(invocation),
    ...(expires !== undefined && {
      expiresAt: /^\d+[smhdwMy]$/.test(expires) ? `now+${expires}` : expires,
    }),
  });
  if (isSet(flags, 'json')) {
    await stdout.line(printableJson(created));
    return EXIT.ok;
  }
  // The token alone on standard output: `TENDRIL_TOKEN=$(tendril token create …)`.
  await stdout.line(printable(created.token));
  await stderr.line(messages.text('say.token.once'));
  return EXIT.ok;
}

function scopesOf({ flags, messages }: Invocation): readonly Scope[] {
  const given = textFlags(flags, 'scope').flatMap((text) => text.split(','));
  if (given.length === 0)
    throw badUsage(messages.text('say.usage.missing', { what: ' --scope' }).trim());
  return given.map((text) => {
    const scope = SCOPES.find((known) => known === text.trim());
    if (!scope) throw badValue('--scope', text, SCOPES.join(', '));
    return scope;
  });
}

async function list(invocation: Invocation, rest: readonly string[]): Promise<ExitCode> {
  const { api, flags, stdout, stderr, messages } = invocation;
  refuseMore(rest, invocation);
  const { tokens } = await api.listTokens();
  if (isSet(flags, 'json')) {
    for (const each of tokens) await stdout.line(printableJson(each));
    return EXIT.ok;
  }
  if (tokens.length === 0) {
    await stderr.line(messages.text('say.token.none'));
    return EXIT.nothingFound;
  }
  const columns = (['id', 'name', 'scopes', 'created', 'expires'] as const).map((name) => ({
    title: messages.text(`token.column.${name}`),
    align: 'left' as const,
  }));
  const rows = tokens.map(({ id, name, scopes, createdAt, expiresAt }) =>
    [id, name, scopes.join(','), createdAt, expiresAt ?? messages.text('say.token.never')].map(
      printable,
    ),
  );
  for (const line of tableLines(columns, rows)) await stdout.line(line);
  return EXIT.ok;
}

async function revoke(invocation: Invocation, [id, ...rest]: readonly string[]): Promise<ExitCode> {
  const { api, flags, stdout, stderr, messages } = invocation;
  if (id === undefined) throw badUsage(messages.text('say.usage.missing', { what: ' ID' }).trim());
  refuseMore(rest, invocation);
  await api.revokeToken(id);
  if (isSet(flags, 'json')) await stdout.line(printableJson({ revoked: id }));
  else await stderr.line(messages.text('say.token.revoked', { id: printable(id) }));
  return EXIT.ok;
}

function refuseMore([argument]: readonly string[], { messages }: Invocation): void {
  if (argument === undefined) return;
  throw badUsage(messages.text('say.usage.tooMany', { argument: printable(argument) }));
}
