import { isListed } from '../../../core/batch/new-batch.ts'
import { badRequest } from '../../../core/errors.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { type JsonObject, textIn } from '../../../core/json.ts'
import type { BedrockCall } from '../call.ts'
import { isJobVisible } from './details.ts'
import { shownJob } from './jobs.ts'
import { jobStatuses } from './view.ts'

/** AWS document, ListModelInvocationJobs: 1 to 1,000; how many come unasked is a guess. */
const maxResultsBounds = { min: 1, max: 1000 } as const
const usualResults = 100

/** Newest first unless asked otherwise, by all of its filters. */
export function listJobs(call: BedrockCall): Reply {
  const { state, query } = call
  const after = readTime(query, 'submitTimeAfter', -Infinity)
  const before = readTime(query, 'submitTimeBefore', Infinity)
  const name = query.get('nameContains') ?? ''
  const status = oneOf(query, 'statusEquals', jobStatuses)
  oneOf(query, 'sortBy', ['CreationTime'])
  const order = oneOf(query, 'sortOrder', ['Ascending', 'Descending'])
  const shown = [...state.batches.values()]
    .filter(
      (batch) =>
        isJobVisible(call, batch) &&
        isListed(call, batch) &&
        // Times are told in whole milliseconds.
        Math.floor(batch.createdAtMs) > after &&
        Math.floor(batch.createdAtMs) < before,
    )
    .map((batch) => shownJob(call, batch))
    .filter((job) => textIn(job, 'jobName').includes(name) && (status === null || job['status'] === status))
  const sorted = order === 'Ascending' ? shown : shown.toReversed()
  return page(call, sorted)
}

function page({ query }: BedrockCall, jobs: readonly JsonObject[]): Reply {
  const limit = readLimit(query.get('maxResults'))
  const token = query.get('nextToken')
  const last = token === null ? null : Buffer.from(token, 'base64url').toString('utf8')
  const start = last === null ? 0 : jobs.findIndex((job) => job['jobArn'] === last) + 1
  if (last !== null && start === 0) throw badRequest('The provided nextToken is invalid.')
  const cut = jobs.slice(start, start + limit)
  const more = start + cut.length < jobs.length
  const next = Buffer.from(textIn(cut.at(-1), 'jobArn')).toString('base64url')
  return jsonReply(200, { invocationJobSummaries: cut, ...(more ? { nextToken: next } : {}) })
}

function readLimit(text: string | null): number {
  const limit = text === null ? usualResults : Number(text)
  const { min, max } = maxResultsBounds
  if (Number.isInteger(limit) && limit >= min && limit <= max) return limit
  throw badRequest(
    `1 validation error detected: Value '${text}' at 'maxResults' failed to satisfy constraint: Member must have value between ${min} and ${max}`,
  )
}

function readTime(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name)
  if (text === null) return fallback
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw badRequest(`The value of '${name}' is not a timestamp.`)
  return time
}

function oneOf(query: URLSearchParams, name: string, allowed: readonly string[]): string | null {
  const value = query.get(name)
  if (value === null || allowed.includes(value)) return value
  throw badRequest(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
  )
}
