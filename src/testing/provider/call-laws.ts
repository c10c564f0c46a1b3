import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import { eventually } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import {
  accepted,
  type Connected,
  describe,
  ended,
  inputFile,
  open,
  type Prepared,
  prepared,
  goodKind,
} from './connected.ts'
import type { ProviderKit } from './kit.ts'

/** The laws of a look at the key. */
export function probeLaws({ test }: Runner, kit: ProviderKit): void {
  test('says that the key works, without sending tokens', async () => {
    await using connected = await open(kit)
    const { words } = accepted(await connected.provider.probe(connected.model), 'the probe')
    assert.notEqual(words.trim(), '')
  })
}

/** The laws that every batch service keeps while nothing fails. */
export function batchLaws({ test }: Runner, kit: ProviderKit): void {
  test('keeps a staged file, which is found by the beginning of its name', async () => {
    await using connected = await open(kit)
    const { provider, relay } = connected
    const { ids: _, ...file } = await inputFile(connected, 'stag')
    const before = relay.calls()
    const staged = accepted(await provider.stage(file), 'staging a file')
    // The requests go along with the create: there is nothing to be found.
    if (relay.calls() === before) return
    const found = accepted(await provider.findStaged('offpeak-suite-'), 'the list of staged files')
    assert.deepEqual(
      found.map(({ id, filename }) => ({ id, filename })),
      [{ id: staged.id, filename: file.filename }],
    )
    assert.deepEqual(accepted(await provider.findStaged('another-'), 'the list of other files'), [])
    assert.equal(accepted(await provider.staged(staged.id), 'a look at a staged file').id, staged.id)
  })

  test('makes one batch of a create, and its list shows what recovery promises', async () => {
    await using connected = await open(kit)
    const { provider } = connected
    const made = await prepared(connected, 'made0000')
    const batch = accepted(await provider.create(made.batch), 'a create')
    assert.equal(accepted(await provider.batch(batch.id), 'a look at a batch').id, batch.id)
    await findAgain(connected, made, [batch.id])
  })

  test('carries what a batch is known by as it was given, or leaves it out', async () => {
    await using connected = await open(kit)
    const { provider } = connected
    const { batch } = await prepared(connected, 'known000')
    // As a run gives it: a name of a job may be long, and is cut wherever its letter may end.
    for (const job of ['short', 'a/b c&d=e%20?é', `${'long 漢字/'.repeat(60)}😀`.slice(0, -1)]) {
      const nonce = `known${job.length}`
      const metadata = {
        offpeak_nonce: nonce,
        offpeak: '4ih0a9b1c2d3',
        offpeak_run: 'suite-7f3k',
        offpeak_job: job,
        offpeak_batch: '12',
        offpeak_attempt: '345',
        offpeak_input: 'abcd-0123456789abcdef',
      }
      const made = await provider.create({ ...batch, metadata, idempotencyKey: nonce })
      const { id } = accepted(made, 'a create')
      const listed = accepted(await provider.batches(Date.now() - hourMs), 'the list of batches')
      const carried = listed.find((each) => each.id === id)?.metadata ?? {}
      for (const [name, value] of Object.entries(carried))
        assert.equal(
          value.toWellFormed(),
          new Map(Object.entries(metadata)).get(name)?.toWellFormed(),
          `${name} of a batch`,
        )
      if (provider.recovery.proof === 'marked') assert.equal(carried['offpeak_nonce'], nonce)
    }
  })

  test('makes a second batch of a second create', async () => {
    await using connected = await open(kit)
    const { provider } = connected
    const [one, other] = [await prepared(connected, 'one0'), await prepared(connected, 'other0')]
    const ids = [accepted(await provider.create(one.batch), 'a create').id]
    ids.push(accepted(await provider.create(other.batch), 'a second create').id)
    assert.equal(new Set(ids).size, 2)
    const listed = accepted(await provider.batches(Date.now() - hourMs), 'the list of batches')
    assert.deepEqual(listed.map(({ id }) => id).toSorted(), ids.toSorted())
  })

  test('makes one batch of a create that is repeated with its key, if it says so', async () => {
    await using connected = await open(kit)
    const { provider } = connected
    if (provider.recovery.create !== 'idempotent') return
    const made = await prepared(connected, 'again000')
    const ids = [1, 2].map(() => provider.create(made.batch))
    const [one, other] = await Promise.all(ids)
    assert.ok(one && other)
    assert.equal(accepted(one, 'a create').id, accepted(other, 'the same create').id)
    assert.equal(accepted(await provider.batches(Date.now() - hourMs), 'the list of batches').length, 1)
  })

  test('brings every answer of a batch under the id of its request', async () => {
    await using connected = await open(kit)
    const { provider, folder } = connected
    // The longest ids that there are.
    const { batch, ids } = await prepared(connected, '0123456789abcdef')
    const { id } = accepted(await provider.create(batch), 'a create')
    const done = await withResults(connected, (await ended(connected, id)).id)
    assert.equal(done.state, 'completed')
    const parts = [done.outputPart, done.errorPart].filter((part) => part !== null)
    const read = []
    for (const [at, part] of parts.entries()) {
      const path = join(folder, `results-${at}.jsonl`)
      const { bytes } = accepted(await provider.fetch(part, path), 'fetching a part of the results')
      const text = await readFile(path, 'utf8')
      assert.equal(Buffer.byteLength(text), bytes, 'a fetch tells how many bytes it has written')
      for (const line of text.split('\n').filter((each) => each !== '')) {
        const value: unknown = JSON.parse(line)
        const found = provider.line(value)
        assert.ok(
          Object.values(Object(value)).includes(found?.customId),
          'the id of a line of results is one of its members',
        )
        read.push(found)
      }
    }
    assert.deepEqual(read.map((line) => line?.customId ?? 'no id').toSorted(), [...ids].toSorted())
    for (const line of read)
      assert.equal(line?.answer.kind, goodKind(connected), 'the service of a kit answers as it is asked')
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith('.part')),
      [],
    )
  })

  test('brings results whole or not at all, and no more than it may', async () => {
    await using connected = await open(kit)
    const { provider, folder, relay } = connected
    const { batch } = await prepared(connected, 'whole')
    const { id } = accepted(await provider.create(batch), 'a create')
    const { outputPart } = await withResults(connected, (await ended(connected, id)).id)
    assert.ok(outputPart !== null, 'a completed batch names its results')
    const path = join(folder, 'bounded.jsonl')
    const before = await readdir(folder)
    const bounded = await provider.fetch(outputPart, path, undefined, { maxBytes: 10 })
    assert.ok(
      bounded.kind === 'refused' && bounded.cause === 'invalid',
      `a file that is larger than allowed is ${describe(bounded)}`,
    )
    const cut = await relay.during({ kind: 'cut' }, () => provider.fetch(outputPart, path))
    assert.equal(cut.kind, 'refused', `a download that breaks is ${describe(cut)}`)
    assert.deepEqual(await readdir(folder), before, 'nothing is left where a file did not come whole')
    accepted(await provider.fetch(outputPart, path), 'fetching once more')
  })

  test('cancels a batch, once or twice', async () => {
    await using connected = await open(kit)
    const { provider } = connected
    const { batch } = await prepared(connected, 'cancel')
    const { id } = accepted(await provider.create(batch), 'a create')
    for (const time of ['first', 'second']) {
      const reply = await provider.cancel(id)
      // It may have ended before.
      if (reply.kind === 'accepted') assert.equal(reply.value.id, id)
      else
        assert.ok(
          reply.kind === 'refused' && ['conflict', 'invalid', 'gone'].includes(reply.cause),
          `the ${time} cancel is ${describe(reply)}`,
        )
    }
    await ended(connected, id)
  })

  test('discards a staged file, once or twice', async () => {
    await using connected = await open(kit)
    const { provider, relay } = connected
    const { ids: _, ...file } = await inputFile(connected, 'gone')
    const before = relay.calls()
    const { id } = accepted(await provider.stage(file), 'staging a file')
    const isKept = relay.calls() > before
    accepted(await provider.discard(id), 'discarding a file')
    const again = await provider.discard(id)
    assert.ok(
      again.kind === 'accepted' || (again.kind === 'refused' && again.cause === 'gone'),
      `discarding what is not there is ${describe(again)}`,
    )
    if (isKept)
      assert.deepEqual(accepted(await provider.findStaged('offpeak-suite-'), 'the list of files'), [])
  })

  test('refuses what is not there', async () => {
    await using connected = await open(kit)
    const reply = await connected.provider.batch('no-such-batch')
    assert.equal(reply.kind, 'refused', `a batch that is not there is ${describe(reply)}`)
  })
}

export const hourMs = 3_600_000

/** The search for the batches of a create in the list, as recovery says that they are known: these, or one if null. */
export async function findAgain(
  connected: Connected,
  { batch, ids }: Prepared,
  expected: readonly string[] | null,
): Promise<void> {
  const { provider, service } = connected
  const { proof } = provider.recovery
  const isOurs = async (listed: RemoteBatch): Promise<boolean> => {
    if (proof === 'marked') return listed.metadata['offpeak_nonce'] === batch.metadata['offpeak_nonce']
    if (proof === 'sameInput') return listed.staged === batch.staged
    assert.ok(
      provider.idIn !== undefined,
      'where a list makes a batch only possible, `idIn` tells an id of it',
    )
    await service.finish()
    const found = accepted(await provider.idIn(listed), 'an id of a batch')
    return found !== null && found !== 'hidden' && ids.includes(found.id)
  }
  await eventually(async () => {
    const listed = accepted(await provider.batches(Date.now() - hourMs), 'the list of batches')
    const ours: string[] = []
    for (const each of listed) if (await isOurs(each)) ours.push(each.id)
    if (expected === null) assert.equal(ours.length, 1, `the list shows the batch, known by ${proof}`)
    else assert.deepEqual(ours, expected, `the list shows the batch, known by ${proof}`)
  }, 5_000)
}

/** A batch that has ended may be a while without its files. */
async function withResults({ provider }: Connected, id: string): Promise<RemoteBatch> {
  let found: RemoteBatch | null = null
  await eventually(async () => {
    found = accepted(await provider.batch(id), 'a look at a batch')
    assert.ok(found.outputPart ?? found.errorPart, 'a completed batch names its results')
  }, 10_000)
  assert.ok(found)
  return found
}
