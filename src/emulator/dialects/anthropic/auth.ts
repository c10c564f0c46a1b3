import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Refusal, badRequest } from '../../core/errors.ts'
import type { Maker } from '../../core/records.ts'

/**
 * The maker of a call by `x-api-key` or `Authorization: Bearer`. Batches belong to a workspace, which the key or the
 * header `anthropic-workspace-id` names. Throws a 401 for a missing or wrong key, a 400 without `anthropic-version`.
 */
export function authorise(headers: IncomingHttpHeaders, apiKeys: readonly string[]): Maker {
  const key = text(headers['x-api-key']) ?? bearer(headers.authorization ?? '')
  if (key === null || key === '') {
    throw new Refusal(401, { message: 'x-api-key header is required' })
  }
  if (apiKeys.length > 0 && !apiKeys.includes(key)) throw new Refusal(401, { message: 'invalid x-api-key' })
  if (text(headers['anthropic-version']) === null) throw badRequest('anthropic-version: header is required')
  const workspace = text(headers['anthropic-workspace-id'])
  return {
    key: hash('sha256', `${key}\n${workspace ?? ''}`, 'hex').slice(0, 16),
    organization: null,
    project: workspace,
  }
}

function text(value: string | readonly string[] | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function bearer(authorization: string): string | null {
  return /^bearer\s+(\S+)$/i.exec(authorization)?.[1] ?? null
}
