import type { Provider } from '../../ports/provider/provider.ts'

/** The quota that a batch counts against: that of its provider and model, with the account where a job names several. */
export function quotaKeyOf(
  { quotaKey }: { readonly quotaKey: string },
  { place }: Pick<Provider, 'place'>,
): string {
  return place === undefined || place.isUsual ? quotaKey : quotaKeyAt(quotaKey, place.name)
}

export function quotaKeyAt(quotaKey: string, account: string): string {
  return `${quotaKey} @ ${account}`
}

/**
 * Quota key of a service that is known by its address, or by a name of its own: `compatible/my-model at
 * llm.example.com/v1`.
 */
export function quotaKeyIn(quotaKey: string, scope: string | null): string {
  return scope === null ? quotaKey : `${quotaKey} at ${scope}`
}

/** The key without the address of its service: a limit under that holds for each of them. */
export function withoutScope(quotaKey: string): string {
  return quotaKey.replace(/ at [^ ]+(?= @ |$)/, '')
}

/** The account in the key of a quota; null: the one that jobs use which name none. */
export function accountInKey(quotaKey: string): string | null {
  const [, name] = /^.*? @ (.+)$/.exec(quotaKey) ?? []
  return name ?? null
}

/** The quotas of all accounts that batches of a job may go to. */
export function quotaKeysOf(
  spec: { readonly quotaKey: string },
  { accounts }: { readonly accounts: readonly Pick<Provider, 'place'>[] },
): readonly string[] {
  return accounts.map((each) => quotaKeyOf(spec, each))
}
