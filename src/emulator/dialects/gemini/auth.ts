import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Maker } from '../../core/records.ts'
import { refuse } from './errors.ts'

/**
 * The maker of a call by `x-goog-api-key`, or by `key` in the query. Throws a 403 for a missing key and a 400 for a
 * wrong one (recorded).
 */
export function authorise(
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
  apiKeys: readonly string[],
): Maker {
  const header = headers['x-goog-api-key']
  const key = typeof header === 'string' && header !== '' ? header : (query.get('key') ?? '')
  if (key === '')
    throw refuse(
      'PERMISSION_DENIED',
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    )
  if (apiKeys.length > 0 && !apiKeys.includes(key))
    throw refuse('INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', {
      code: 'API_KEY_INVALID',
    })
  return { key: hash('sha256', key, 'hex').slice(0, 16), organization: null, project: null }
}

/** The bytes of an upload come without a key: its address is the right to send them. */
export const bearerOfUpload: Maker = { key: '', organization: null, project: null }
