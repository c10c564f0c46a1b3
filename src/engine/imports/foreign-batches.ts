import { join } from 'node:path'
import { z } from 'zod'
import { OffpeakError } from '../../domain/errors.ts'
import { mostAnswerBytes } from '../../planning/answers/answer-bytes.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { parseJson } from '../../planning/text/parse-json.ts'

/** Batches that somebody else has created, as far as they could be fetched. */
export interface ForeignBatches {
  /** Output files first. */
  readonly files: readonly string[]
  readonly fetched: readonly string[]
  /** Still running, with their state: fetch them later. */
  readonly running: readonly { readonly id: string; readonly state: string }[]
  /** Not there any more, or without any answers. */
  readonly empty: readonly { readonly id: string; readonly reason: string }[]
}

const ended = new Set(['completed', 'failed', 'expired', 'cancelled'])

/** Downloads the answers of batches by their ids, each from the account that has it, into a directory. Throws E_PROVIDER_* when the provider cannot be asked. */
export async function fetchBatches(
  accounts: readonly Provider[],
  ids: readonly string[],
  directory: string,
): Promise<ForeignBatches> {
  const outputs: string[] = []
  const errors: string[] = []
  const fetched: string[] = []
  const running: { id: string; state: string }[] = []
  const empty: { id: string; reason: string }[] = []
  for (const id of ids) {
    const { provider, found } = await askEach(accounts, id)
    if (found.kind === 'refused' && found.cause === 'gone') {
      empty.push({ id, reason: found.message })
      continue
    }
    const batch = need(found, `batch ${id}`)
    if (!ended.has(batch.state)) {
      running.push({ id, state: batch.state })
      continue
    }
    const names = [outputs, errors] as const
    const maxBytes = mostAnswerBytes({
      requests: batch.counts?.total || provider.limits.maxRequests,
      requestBytes: provider.limits.maxBytes,
      maxOutputTokens: null,
    })
    for (const [at, fileId] of [batch.outputPart, batch.errorPart].entries()) {
      if (fileId === null) continue
      const path = join(directory, `${fileName(batch)}.${at === 0 ? 'output' : 'error'}.jsonl`)
      const saved = await provider.fetch(fileId, path, undefined, { maxBytes })
      if (saved.kind === 'refused' && saved.cause === 'gone') continue
      if (need(saved, `file ${fileId}`).bytes > 0) names[at]?.push(path)
    }
    if (batch.outputPart === null && batch.errorPart === null)
      empty.push({ id, reason: `${batch.state}, without any answers` })
    else fetched.push(id)
  }
  return { files: [...outputs, ...errors], fetched, running, empty }
}

/** What the account says of a batch that has it; else the last that is not sure that it is not there. */
async function askEach(
  accounts: readonly Provider[],
  id: string,
): Promise<{ readonly provider: Provider; readonly found: Reply<RemoteBatch> }> {
  let last: { readonly provider: Provider; readonly found: Reply<RemoteBatch> } | null = null
  for (const provider of accounts) {
    const found = await provider.batch(id)
    if (found.kind === 'accepted') return { provider, found }
    const isGone = found.kind === 'refused' && found.cause === 'gone'
    if (last === null || !isGone) last = { provider, found }
  }
  if (last === null) throw new OffpeakError('E_BUG', 'nobody was asked for a batch')
  return last
}

/** An id is the provider's text: as a file name it keeps to plain characters. */
function fileName({ id }: RemoteBatch): string {
  return id.replaceAll(/[^\w-]/g, '_')
}

function need<Value>(reply: Reply<Value>, what: string): Value {
  if (reply.kind === 'accepted') return reply.value
  throw new OffpeakError('E_PROVIDER_REFUSED', `the provider did not give ${what}: ${reply.message}`, {
    fix: 'see that the key is of the account that made the batches, and try again',
  })
}

/** What other systems call the id of a batch, by the words of the services' own clients. */
const idNames = ['batch_id', 'batchId', 'id', 'name', 'jobArn'] as const
const entry = z
  .looseObject({})
  .transform((fields) => idNames.map((name) => fields[name]).find((id) => typeof id === 'string'))
const list = z.array(z.union([z.string(), entry]))

/**
 * The batch ids in a state file of another system: a list, or a list under `jobs` or `batches`, of ids or of objects
 * with `batch_id`, `batchId`, `id`, `name` or `jobArn`. Throws E_USAGE when there are none.
 */
export function batchIdsOf(text: string, where: string): readonly string[] {
  const fix = 'a list of batch ids, or of objects with batch_id, alone or under "jobs"'
  let value: unknown
  try {
    value = parseJson(text)
  } catch (cause) {
    throw new OffpeakError('E_USAGE', 'the file is not JSON', { where, fix, cause })
  }
  const parsed = z
    .union([
      list,
      z.object({ jobs: list }).transform(({ jobs }) => jobs),
      z.object({ batches: list }).transform(({ batches }) => batches),
    ])
    .safeParse(value)
  const ids = [...new Set((parsed.data ?? []).filter((id) => id !== undefined))]
  if (ids.length > 0) return ids
  throw new OffpeakError('E_USAGE', 'the file names no batches', { where, fix })
}
