import type { Dialect, NoRoute, Route } from '../../../core/dialect.ts'
import { Refusal } from '../../../core/errors.ts'
import { type RouteTable, matchRoute, operationsOf } from '../../../core/http/route-table.ts'
import type { BatchScenario } from '../../../core/scenarios/definition.ts'
import { handle } from '../api/operations.ts'
import { authorise } from '../auth.ts'
import { openaiBatches } from '../batch/rules.ts'
import { errorBody } from '../errors.ts'
import type { Profile } from '../ids.ts'
import { routePatterns } from '../paths.ts'
import { togetherScenarios } from './scenarios.ts'
import { modelAt } from './services.ts'
import { togetherPath } from './together-upload.ts'

interface Spoken {
  readonly profile: Profile
  /** What its own client takes for the address. */
  readonly basePath: string
  /** Between that and the paths of OpenAI. */
  readonly prefix: string
  readonly paths: RouteTable
  readonly scenarios: readonly BatchScenario[]
  /** Whether it needs no key, where none is set for it; false when left out. */
  readonly isOpen?: boolean
}

const withoutResponses: RouteTable = routePatterns.filter(([pattern]) => pattern !== 'responses')

/** Uploads go another way, in two steps or in one. */
const togetherPaths: RouteTable = [
  ['files', { POST: 'files.begin', GET: 'files.list' }],
  ['files/upload', { POST: 'files.create' }],
  ['uploads/*', { PUT: 'files.receive' }],
  ['files/*/preprocess', { POST: 'files.preprocess' }],
  ...withoutResponses.filter(([pattern]) => pattern !== 'files'),
]

/** A service that speaks OpenAI's language at an address of its own. */
export function speaks({ profile, basePath, prefix, paths, scenarios, isOpen = false }: Spoken): Dialect {
  const speech = {
    errorBody: (status: number, fields: Parameters<typeof errorBody>[2]) =>
      errorBody('openai', status, fields),
    headers: (requestId: string) => ({ 'x-request-id': requestId }),
  }
  const route = (method: string, pathname: string): Route | NoRoute => {
    const start = `${basePath}${prefix}/`
    const match = matchRoute(paths, method, pathname.startsWith(start) ? pathname.slice(start.length) : '')
    if (match.kind === 'unknown')
      return {
        ...speech,
        refusal: new Refusal(404, {
          message: `Unknown request URL: ${method} ${pathname}.`,
          code: 'unknown_url',
        }),
      }
    if (match.kind === 'wrong-method') {
      const message = `Not allowed to ${method} on ${pathname}.`
      const refusal = new Refusal(405, { message }, { allow: match.allow.join(', ') })
      return { ...speech, refusal }
    }
    const { operation, id } = match
    return {
      ...speech,
      operation,
      profile,
      readsBody: operation !== 'files.create' && operation !== 'files.receive',
      authorise: (headers, _query, apiKeys) =>
        operation === 'files.receive' || (isOpen && apiKeys.length === 0)
          ? { key: '', organization: null, project: null }
          : authorise('openai', headers, apiKeys),
      handle: (call) => handle({ ...call, profile, operation, id, form: 'openai', deployment: '' }),
    }
  }
  return {
    name: profile,
    profiles: [profile],
    operations: operationsOf(paths),
    basePath,
    route,
    batches: openaiBatches,
    scenarios,
    hasModel: (name) => modelAt(profile, name) !== undefined,
  }
}

/** groq-sdk takes the host for its address and puts `/openai/v1` in front of every path itself. */
export const groq = speaks({
  profile: 'groq',
  basePath: '/groq',
  prefix: '/openai/v1',
  paths: withoutResponses,
  scenarios: [],
})

export const together = speaks({
  profile: 'together',
  basePath: togetherPath,
  prefix: '',
  paths: togetherPaths,
  scenarios: togetherScenarios,
})

export const deepinfra = speaks({
  profile: 'deepinfra',
  basePath: '/deepinfra/v1/openai',
  prefix: '',
  paths: withoutResponses,
  scenarios: [],
})
