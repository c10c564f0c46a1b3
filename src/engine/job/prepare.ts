import { validateKeepingNames } from '../../domain/keeping-names.ts'
import type { StandardResult } from '../../domain/standard-schema.ts'
import { threwWords } from '../../domain/user-code.ts'
import { isEmbedding, type ModelRequest, type Task } from '../../domain/request.ts'
import type { InputUnit } from '../../domain/token-rule.ts'
import { fingerprint } from '../../planning/requests/fingerprint.ts'
import { meaningMarks, type SharedMeaning, sharedMeaning } from '../../planning/requests/meaning.ts'
import { strictSchema, type StrictSchema } from '../../planning/schema/schema.ts'
import { bodyMaker, type RequestBody, type Reader } from '../files/body.ts'
import { render, renderBare, type RenderContext } from '../../planning/requests/render.ts'
import type { Inspection } from '../../ports/provider/wire.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Source } from '../../ports/source.ts'
import type { AnyJob } from '../../ports/job.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { type RunSpec, specOf } from '../spec.ts'

/** A job made ready to be asked: its source for these parameters, and how a row becomes the bytes of a request. */
export interface PreparedJob {
  readonly job: AnyJob
  readonly source: Source<unknown>
  /** Who answers: of several accounts the first, or in a step the one that its batch is with. */
  readonly provider: Provider
  /** All accounts that its batches may go to. */
  readonly accounts: readonly Provider[]
  readonly strict: StrictSchema | null
  /** The bounds of its output that no keyword of the request states: `topics: maxItems 8`. */
  readonly told: readonly string[]
  readonly endpoint: string
  readonly task: Task
  /** What the input of its requests is counted and billed in. */
  readonly unit: InputUnit
  /** For whom its bodies are written. */
  readonly reader: Reader
  readonly model: string
  /** A row as the request that a provider is given, or the reason why there is none; `key` is that of the whole record. */
  readonly request: (row: unknown, key: string) => ModelRequest | { readonly problem: string }
  /** What all its requests mean alike. */
  readonly meaning: SharedMeaning
  /** What a request is known by, within this run and in later ones: what it means, by its own texts and files. */
  readonly fingerprint: (own: readonly (string | Uint8Array)[]) => string
  /** What versions before knew it by: the bytes of its body. */
  readonly formerFingerprint: (body: Uint8Array) => string
  /** A request body, its files still to be read; or the reason why there is none. */
  readonly body: (row: unknown, key: string) => RequestBody | { readonly problem: string }
  /** What its service makes of its requests, whatever they say. */
  readonly inspection: Inspection
  /** The name that prices go by. */
  readonly pricedAs: string
}

// Legal inside JSON strings, but taken for line ends by readers that are not ours.
const lineEnds = /[\u0085\u2028\u2029]/g
const lineEndCharacters = ['\u0085', '\u2028', '\u2029']

/** JSON on one line for every reader. */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value)
  // Looking for one character after the other is several times as fast as one pattern, and hardly any text has one.
  return lineEndCharacters.some((character) => text.includes(character))
    ? text.replace(lineEnds, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : text
}

/** The parameters as the job's schema has them. Throws E_PARAMS. */
export async function parseParams(job: AnyJob, given: Readonly<Record<string, unknown>>): Promise<unknown> {
  if (!job.params) {
    const [name] = Object.keys(given)
    if (name === undefined) return {}
    throw new OffpeakError('E_PARAMS', `the job ${job.name} takes no parameters, and ${name} was given`, {
      fix: 'leave it out, or add `params` to the job',
    })
  }
  const result = await validated(job, job.params, given)
  if (!result.issues) return result.value
  const [issue] = result.issues
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  throw new OffpeakError(
    'E_PARAMS',
    `the parameter ${path === '' ? 'set' : path} does not fit: ${issue?.message ?? 'it is wrong'}`,
    {
      where: `job ${job.name}`,
      fix: path === '' ? 'see the job’s `params`' : `-p ${path}=<value>`,
    },
  )
}

async function validated(
  { name }: AnyJob,
  schema: NonNullable<AnyJob['params']>,
  given: Readonly<Record<string, unknown>>,
): Promise<StandardResult<unknown>> {
  try {
    return await validateKeepingNames(schema, given)
  } catch (thrown) {
    throw new OffpeakError('E_PARAMS', `\`params\` threw${threwWords(thrown)}`, {
      where: `job ${name}`,
      fix: 'fix the schema of `params`, or what its code does with a value like this',
      cause: thrown,
    })
  }
}

export interface PrepareOptions {
  readonly job: AnyJob
  readonly provider: Provider
  /** That one alone when left out. */
  readonly accounts?: readonly Provider[]
  readonly params: unknown
  readonly examples: readonly unknown[]
  readonly model: string
  readonly endpoint: string
  /** The job's version, or the one that a run began with. */
  readonly version: string
  /** The model that the job names, where another one is asked for some records alone; the same when left out. */
  readonly insteadOf?: string | null
}

// What a service on this machine has answered (the emulator above all) does not count as done for another one.
const thisMachine = /^(?:127\.|localhost|\[::1\])/

/** A job that is ready to be asked. Throws E_SCHEMA when its output cannot be asked for. */
export function prepare(options: PrepareOptions): PreparedJob {
  const { job, provider, params, examples, model, endpoint, version, insteadOf = null } = options
  const strict = job.output ? strictSchema(job.output, job.name) : null
  const isEnforced = [model, job.model.realtimeModel ?? model].every((name) =>
    provider.enforcesConstraints(name),
  )
  const task = provider.taskOf(endpoint)
  const unit = provider.tokenRule(job.model.pricedAs ?? model).unit ?? 'token'
  const context: RenderContext = {
    job,
    model,
    task,
    params,
    examples,
    schema: strict && { name: strict.name, schema: isEnforced ? strict.enforced : strict.schema },
  }
  const request: PreparedJob['request'] = (row, key) => render(context, row, key)
  const toBody = bodyMaker((request) => jsonLine(provider.body(request, endpoint)))
  const place = thisMachine.test(provider.account) ? 'this machine' : ''
  const bare = renderBare(context)
  // What one rescue asks of another model is what the job asks, so that it counts as done.
  const meant = insteadOf === null ? bare : { ...bare, model: insteadOf }
  const meaning = sharedMeaning(asked(meant, strict), { version, place })
  return {
    job,
    provider,
    accounts: options.accounts ?? [provider],
    strict,
    told: toldOnly(strict, isEnforced),
    endpoint,
    task,
    unit,
    reader: { model: job.model.pricedAs ?? model, unit, limits: provider.limits.request ?? null },
    model,
    meaning,
    fingerprint: meaningMarks(meaning),
    formerFingerprint: (body) => fingerprint([version, place, body]),
    source: sourceOf(job, { params, model, version }),
    request,
    body(row, key) {
      const made = request(row, key)
      if ('problem' in made) return made
      return toBody(made)
    },
    inspection: provider.inspect(bare, endpoint),
    pricedAs: job.model.pricedAs ?? model,
  }
}

/** Who enforces a bound is a matter of the service; it was meant as well where it is only told. */
function asked(request: ModelRequest, strict: StrictSchema | null): ModelRequest {
  if (isEmbedding(request) || strict === null) return request
  return { ...request, schema: { name: strict.name, schema: strict.schema } }
}

function toldOnly(strict: StrictSchema | null, isEnforced: boolean): readonly string[] {
  return (strict?.constraints ?? [])
    .filter(({ isSent }) => !(isEnforced && isSent))
    .map(({ path, words }) => `${path}: ${words}`)
}

/** Where a job's rows come from, for these parameters. Throws E_JOB_INVALID when the job's own code does not say. */
function sourceOf(
  { name, from }: AnyJob,
  context: { readonly params: unknown; readonly model: string; readonly version: string },
): Source<unknown> {
  if (typeof from !== 'function') return from
  try {
    return from(context)
  } catch (thrown) {
    if (thrown instanceof OffpeakError) throw thrown
    throw new OffpeakError('E_JOB_INVALID', `\`from\` threw${threwWords(thrown)}`, {
      where: `job ${name}`,
      fix: 'fix `from`; what it is given is `{ params, model, version }`',
      cause: thrown,
    })
  }
}

/** The few-shot examples, in the source's own order. */
export async function readExamples(job: AnyJob, flow: Pick<Flow, 'connectors'>): Promise<readonly unknown[]> {
  if (!job.examples) return []
  await using reader = await job.examples.from.open(flow.connectors)
  const rows: unknown[] = []
  for await (const page of reader.read({ after: null, limit: 100, order: 'given', only: null })) {
    for (const record of page.records) {
      if (record.problem !== undefined)
        throw new OffpeakError('E_SOURCE_ROW', `an example cannot be used: ${record.problem}`, {
          where: job.examples.from.describe,
        })
      rows.push(record.row)
    }
  }
  return rows
}

/** Settings in which a rescue differs from its job; null: as the job. */
export interface RescueTerms {
  readonly model: string | null
  /** The most output tokens of one answer. */
  readonly maxTokens: number | null
}

/** A job on the terms of a rescue: another model has a price, and a deployment for real time, of its own. */
export function rescueJob(job: AnyJob, terms: RescueTerms | null): AnyJob {
  const bounded = terms?.maxTokens == null ? job : { ...job, maxTokens: terms.maxTokens }
  return withModel(bounded, terms?.model ?? null)
}

/** The same job, asked of another model, which has a price of its own. */
export function withModel(job: AnyJob, model: string | null): AnyJob {
  if (model === null) return job
  const { pricedAs: _pricedAs, realtimeModel: _realtimeModel, ...rest } = job.model
  return { ...job, model: { ...rest, model } }
}

/** The job of a run, made ready by the run's own snapshot. Throws E_JOB_UNKNOWN when no file defines it any more. */
export async function prepareRun(flow: Pick<Flow, 'job' | 'accounts'>, spec: RunSpec): Promise<PreparedJob> {
  return prepareWith(flow, spec, flow.accounts)
}

/** The same where only stored answers are read: nothing is called, so that no credentials are needed. */
export async function prepareReading(
  flow: Pick<Flow, 'job' | 'reader'>,
  run: Pick<RunRow, 'id' | 'spec'>,
): Promise<PreparedJob> {
  return prepareWith(flow, specOf(run), async (job) => [await flow.reader(job)])
}

async function prepareWith(
  flow: Pick<Flow, 'job'>,
  spec: RunSpec,
  accountsOf: Flow['accounts'],
): Promise<PreparedJob> {
  const job = await flow.job(spec.job)
  if (!job)
    throw new OffpeakError('E_JOB_UNKNOWN', `no job file defines ${spec.job} any more`, {
      fix: 'bring the job file back, or cancel the run',
    })
  const accounts = await accountsOf(job)
  const [provider] = accounts
  if (provider === undefined) throw new OffpeakError('E_BUG', `nobody answers for ${spec.job}`)
  const params = await parseParams(job, spec.params)
  return prepare({
    job: rescueJob(job, spec.rescue && { ...spec.rescue, model: spec.rescue.insteadOf && spec.model }),
    provider,
    accounts,
    params,
    examples: spec.examples,
    model: spec.model,
    endpoint: spec.endpoint,
    version: spec.version,
    insteadOf: spec.rescue?.insteadOf ?? null,
  })
}
