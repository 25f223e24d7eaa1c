/** Answers in JSON. Integers above 2^53 become strings, as the contract says. */
export function jsonResponse(
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(jsonText(value), {
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}

export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Only bigints make it throw; asking for each value costs three times as much, so only then.
    return JSON.stringify(value, (_key, item: unknown) =>
      typeof item === 'bigint' ? String(item) : item,
    );
  }
}
