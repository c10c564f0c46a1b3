import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '../../core/errors.ts'
import type { Maker } from '../../core/records.ts'

/**
 * The maker of a call by `Authorization: Bearer`. Throws a 401 for a missing or wrong key; the words for a wrong one
 * were recorded.
 */
export function authorise(headers: IncomingHttpHeaders, apiKeys: readonly string[]): Maker {
  const key = /^bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  if (key === '') throw new Refusal(401, { message: 'Unauthorized' })
  if (apiKeys.length > 0 && !apiKeys.includes(key)) throw new Refusal(401, { message: 'Invalid API Key' })
  return { key: hash('sha256', key, 'hex').slice(0, 16), organization: null, project: null }
}
