/**
 * The name of a batch, by which it is recognised: the one text of a batch that comes back (`@ai-sdk/xai`). A pair each,
 * written as in a query, the nonce first. What would make it long is left out: how long a name may be is not written
 * down.
 */
export function nameOf(metadata: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(metadata).filter(([, value]) => value.length <= longestValue)
  return `${prefix}${new URLSearchParams(pairs).toString()}`
}

/** Empty for the name of anything else. */
export function markOf(name: string): Readonly<Record<string, string>> {
  return name.startsWith(prefix) ? Object.fromEntries(new URLSearchParams(name.slice(prefix.length))) : {}
}

const prefix = 'offpeak?'
const longestValue = 80
