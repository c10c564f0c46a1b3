import { OffpeakError } from '../../domain/errors.ts'

/** Parts of an endpoint of Azure OpenAI, however much of a full address was copied from the portal. */
export interface AzureEndpoint {
  /** The resource, or the path of a gateway before it, without a trailing `/openai`. */
  readonly baseUrl: string
  readonly apiVersion: string | null
  /** The deployment that the address is of; null: it names none. */
  readonly deployment: string | null
}

const afterOpenai = /\/openai(?:\/(?:v1|deployments|responses|batches|files|models)(?:\/.*)?)?$/

/**
 * The parts of an endpoint: `https://r.openai.azure.com`, the same with `/openai` or `/openai/v1`, or the address of a
 * deployment as the portal shows it, `…/openai/deployments/d/chat/completions?api-version=…`. Throws E_CONFIG for any
 * other query; an address that is none is left to whoever uses it.
 */
export function readAzureEndpoint(endpoint: string): AzureEndpoint {
  const url = URL.parse(endpoint.trim())
  if (!url) return { baseUrl: endpoint, apiVersion: null, deployment: null }
  const { searchParams } = url
  const version = searchParams.get('api-version')?.trim()
  searchParams.delete('api-version')
  if (searchParams.size > 0)
    throw new OffpeakError(
      'E_CONFIG',
      `the endpoint of Azure OpenAI carries ${[...searchParams.keys()].join(', ')} in its query`,
      {
        where: url.host,
        fix: 'give only https://<resource>.openai.azure.com, or the address that the portal shows',
      },
    )
  url.search = ''
  const deployment = /\/openai\/deployments\/([^/]+)/.exec(url.pathname)?.[1]
  url.pathname = url.pathname.replace(/\/+$/, '').replace(afterOpenai, '')
  return {
    baseUrl: url.href,
    apiVersion: version === undefined || version === '' ? null : version,
    deployment: deployment === undefined ? null : decoded(deployment),
  }
}

/** A name as it was before it became part of an address; one that was none stays as it is. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
