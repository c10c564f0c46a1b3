import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { customId, type ModelRequest, type Task } from '../../domain/request.ts'
import { type Model, served } from '../../ports/model.ts'
import type { NewBatch, RemoteBatch, StagedFile } from '../../ports/provider/batch-service.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { definitionOf } from '../../providers/definition.ts'
import { eventually } from '../assertions.ts'
import type { OpenedService, ProviderKit } from './kit.ts'
import { type Relay, startRelay } from './relay.ts'

/** A client as a run has it, and how a model is asked by it. */
export interface Asked {
  readonly provider: Provider
  readonly model: string
  /** The one that is asked at once, which may be another. */
  readonly realtimeModel: string
  readonly endpoint: string
  /** As the kit says, whatever the provider makes of it. */
  readonly task: Task
}

/** An address where nobody answers: what is pure asks nobody. */
export const nowhere = { url: 'http://127.0.0.1:9', key: 'key-of-the-suite' } as const

/** One model of each task that a service has. */
export function modelsOf({ name, chat, embedding }: ProviderKit, url: string): readonly [Model, ...Model[]] {
  const [first, ...others] = [chat?.(url), embedding?.(url)].filter((model) => model !== undefined)
  assert.ok(first !== undefined, `the kit of ${name} has a model: \`chat\` or \`embedding\``)
  return [first, ...others]
}

/** The client of a kit for the service at this origin; `model`: its first one when left out. */
export function connect(
  kit: ProviderKit,
  at: { readonly url: string; readonly key: string },
  model: Model = modelsOf(kit, at.url)[0],
): Asked {
  const definition = definitionOf(model)
  const env = kit.env(at)
  const setup = {
    model,
    env: (name: string) => env[name] ?? null,
    token: null,
    hasHeaders: false,
  }
  assert.deepEqual(definition.missing(setup), [], '`env` of the kit has all that is missing in a project')
  const name = model.model ?? definition.unnamed?.name(setup) ?? ''
  const provider = definition.connect(setup, { emulator: null, pollEveryMs: 50 })
  return {
    provider,
    model: name,
    realtimeModel: model.realtimeModel ?? name,
    endpoint: model.endpoint,
    task: model[served].task,
  }
}

/** A service that runs, with a client that asks it through a relay. */
export interface Connected extends Asked, AsyncDisposable {
  readonly service: OpenedService
  readonly relay: Relay
  /** For files of this test alone. */
  readonly folder: string
}

/** A provider connected to a fresh service, for the suite. */
export async function open(kit: ProviderKit): Promise<Connected> {
  const folder = await mkdtemp(join(tmpdir(), 'offpeak-suite-'))
  const service = await kit.open()
  const relay = await startRelay(service.url)
  return {
    ...connect(kit, { url: relay.url, key: service.key }),
    service,
    relay,
    folder,
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]()
      await service[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A text as the client's model is asked: for an answer, or for a vector. */
export function smallRequest({ task, model }: Pick<Asked, 'task' | 'model'>, text: string): ModelRequest {
  if (task === 'embedding') return { model, input: text, dimensions: null, extra: {} }
  const messages = [{ role: 'user', content: text }] as const
  return { model, messages, maxTokens: 50, temperature: null, schema: null, extra: {} }
}

/** The kind of a good answer to a request. */
export function goodKind({ task }: Pick<Asked, 'task'>): 'text' | 'vector' {
  return task === 'embedding' ? 'vector' : 'text'
}

/** An input file of some small requests, as a run writes it: no staged file yet. */
export async function inputFile(
  connected: Connected,
  tag: string,
): Promise<NewBatch['file'] & { readonly ids: readonly string[] }> {
  const { provider, endpoint, folder } = connected
  const count = Math.max(3, provider.limits.minRequests ?? 1)
  const { beforeId, beforeBody } = provider.lineFrame(endpoint)
  // The longest id that there is, besides the shortest ones.
  const ids = Array.from({ length: count }, (_, line) => customId(tag, line === 2 ? 999_999 : line))
  const text = ids
    .map((id, line) => {
      const request = smallRequest(connected, `What is ${line} and ${line}?`)
      return `${beforeId}${id}${beforeBody}${JSON.stringify(provider.body(request, endpoint))}}\n`
    })
    .join('')
  const filename = `offpeak-suite-${tag}.jsonl`
  const path = join(folder, filename)
  await writeFile(path, text)
  return { path, bytes: Buffer.byteLength(text), filename, requests: count, ids }
}

export interface Prepared {
  readonly batch: NewBatch
  readonly ids: readonly string[]
}

/** A batch that is ready to be created: its file is staged. `tag` is its mark, and that of its ids. */
export async function prepared(connected: Connected, tag: string): Promise<Prepared> {
  const { provider, endpoint, model } = connected
  const { ids, ...file } = await inputFile(connected, tag)
  const staged = accepted(await provider.stage(file), 'staging a file')
  await usable(provider, staged)
  const metadata = { offpeak_nonce: tag, offpeak_run: 'suite' }
  return { ids, batch: { staged: staged.id, file, endpoint, model, metadata, idempotencyKey: tag } }
}

async function usable(provider: Provider, staged: StagedFile): Promise<void> {
  if (staged.status === 'ready') return
  await eventually(async () => {
    assert.equal(accepted(await provider.staged(staged.id), 'a look at a staged file').status, 'ready')
  }, 10_000)
}

/** A batch once it has ended. */
export async function ended({ provider, service }: Connected, id: string): Promise<RemoteBatch> {
  let found: RemoteBatch | null = null
  await eventually(async () => {
    await service.finish()
    found = accepted(await provider.batch(id), 'a look at a batch')
    assert.ok(
      ['completed', 'failed', 'expired', 'cancelled'].includes(found.state),
      `a batch that was let come to its end is still ${found.state}`,
    )
  }, 20_000)
  assert.ok(found)
  return found
}

/** The value of a reply that is a clear yes. */
export function accepted<Value>(reply: Reply<Value>, what: string): Value {
  assert.ok(reply.kind === 'accepted', `${what} is ${describe(reply)}`)
  return reply.value
}

/** A reply in words. */
export function describe(reply: Reply<unknown>): string {
  if (reply.kind === 'accepted') return 'accepted'
  return reply.kind === 'unknown'
    ? `unknown (${reply.message})`
    : `refused as ${reply.cause} (${reply.message})`
}
