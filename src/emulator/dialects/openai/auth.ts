import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '../../core/errors.ts'
import type { Maker } from '../../core/records.ts'
import type { PathForm } from './paths.ts'

/**
 * The maker of a call by `Authorization: Bearer` everywhere and `api-key` at Azure; a missing or wrong key is a 401.
 * Returns who calls. An Entra token is a new one every hour, so at Azure all of them are one caller.
 */
export function authorise(form: PathForm, headers: IncomingHttpHeaders, apiKeys: readonly string[]): Maker {
  const azure = form !== 'openai'
  const header = headers['api-key']
  const apiKey = azure && typeof header === 'string' ? header : ''
  const key = apiKey === '' ? bearer(headers.authorization ?? '') : apiKey
  const known = key !== '' && (apiKeys.length === 0 || apiKeys.includes(key))
  if (known) {
    const project = headerText(headers['openai-project'])
    const account = azure && apiKey === '' ? 'entra' : `${key}\n${project ?? ''}`
    return {
      key: hash('sha256', account, 'hex').slice(0, 16),
      organization: headerText(headers['openai-organization']),
      project,
    }
  }
  if (azure) {
    throw new Refusal(401, {
      message:
        'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
      code: '401',
    })
  }
  if (key === '') {
    throw new Refusal(401, {
      message:
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    })
  }
  throw new Refusal(401, { message: `Incorrect API key provided: ${masked(key)}.`, code: 'invalid_api_key' })
}

function headerText(value: string | readonly string[] | undefined): string | null {
  return typeof value === 'string' ? value : null
}

function bearer(authorization: string): string {
  return /^bearer\s+(\S+)$/i.exec(authorization)?.[1] ?? ''
}

/** The service shows a few characters; this one shows that many stars. */
function masked(key: string): string {
  return `${'*'.repeat(Math.min(8, key.length))}${key.length > 12 ? key.slice(-4) : ''}`
}

/** Dated Azure paths need `api-version`. */
export function checkApiVersion(form: PathForm, query: URLSearchParams): void {
  if (form === 'azure-dated' && !query.get('api-version')) {
    throw new Refusal(404, { message: 'Resource not found', code: '404' })
  }
}
