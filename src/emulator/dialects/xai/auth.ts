import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '../../core/errors.ts'
import type { Maker } from '../../core/records.ts'

/**
 * The maker of a call by `Authorization: Bearer`. Throws a 401 without a key, a 400 with a wrong one, as the service
 * does.
 */
export function authorise(headers: IncomingHttpHeaders, apiKeys: readonly string[]): Maker {
  const key = /^bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (key === undefined)
    throw new Refusal(401, { message: 'No API key provided. Send one in the Authorization header.' })
  if (apiKeys.length > 0 && !apiKeys.includes(key))
    throw new Refusal(400, { message: 'Incorrect API key provided.' })
  return { key: hash('sha256', key, 'hex').slice(0, 16), organization: null, project: null }
}
