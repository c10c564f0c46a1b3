import { problemOf } from '../api/problem.ts'

/** The field that the server names; null: none, or another thing is wrong. */
export function fieldErrorAt(
  error: Error | null,
): { readonly name: string; readonly message: string } | null {
  if (error === null) return null
  const { code, where, detail } = problemOf(error)
  const name = /^output\.([^.]+)/.exec(where ?? '')?.[1]
  return code === 'E_SCHEMA' && name !== undefined ? { name, message: detail } : null
}
