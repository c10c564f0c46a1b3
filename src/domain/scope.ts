/** Rights of the holder of a key; each contains those before it. */
export const scopes = ['read', 'run', 'admin'] as const

export type Scope = (typeof scopes)[number]

/** Whether a key of one scope may do what needs another. */
export function allows(has: Scope, needs: Scope): boolean {
  return scopes.indexOf(has) >= scopes.indexOf(needs)
}
