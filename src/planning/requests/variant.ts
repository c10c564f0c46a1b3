import { hash } from 'node:crypto'

/**
 * The variant that a record is asked with: the same one for a key in every run, as long as the names stay, and about
 * as many records for each. Null without variants.
 */
export function variantOf(key: string, names: readonly string[]): string | null {
  if (names.length === 0) return null
  const drawn = Number.parseInt(hash('sha256', key, 'hex').slice(0, 8), 16)
  return names[drawn % names.length] ?? null
}
