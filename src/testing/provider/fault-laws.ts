import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Reply } from '../../ports/provider/reply.ts'
import type { Runner } from '../runner.ts'
import { findAgain, hourMs } from './call-laws.ts'
import { accepted, connect, type Connected, describe, ended, inputFile, open, prepared } from './connected.ts'
import { type InBetween, inBetween } from './faults.ts'
import type { ProviderKit } from './kit.ts'

function isFile(fault: InBetween['fault']): boolean {
  return fault.status === 200 && fault.type !== 'text/html'
}

/** The laws that every batch service keeps when something fails. */
export function faultLaws({ test }: Runner, kit: ProviderKit): void {
  test('names a wrong key as what it is, and repeats no key', async () => {
    await using connected = await open(kit)
    const { relay, model } = connected
    const made = await prepared(connected, 'wrong')
    const key = 'wrong-key-of-the-suite-0123456789'
    const { provider } = connect(kit, { url: relay.url, key })
    const calls: Readonly<Record<string, () => Promise<Reply<unknown>>>> = {
      batches: () => provider.batches(Date.now() - hourMs),
      create: () => provider.create(made.batch),
      probe: () => provider.probe(model),
    }
    for (const [name, call] of Object.entries(calls)) {
      const reply = await call()
      assert.ok(
        reply.kind === 'refused' && reply.cause === 'auth',
        `${name} with a wrong key is ${describe(reply)}`,
      )
      assert.ok(!reply.message.includes(key), `what ${name} says does not hold the key`)
    }
  })

  test('leaves a create open whose answer is lost, and finds what it has made', async () => {
    await using connected = await open(kit)
    const { provider, relay } = connected
    const first = await prepared(connected, 'first')
    const before = relay.calls()
    accepted(await provider.create(first.batch), 'a create')
    const last = relay.calls() - before - 1
    const lost = await prepared(connected, 'lost')
    const reply = await relay.during({ kind: 'deaf', call: last }, () => provider.create(lost.batch))
    assert.equal(reply.kind, 'unknown', `a create whose answer is lost is ${describe(reply)}`)
    await findAgain(connected, lost, null)
    if (provider.recovery.create !== 'idempotent') return
    accepted(await provider.create(lost.batch), 'the same create')
    await findAgain(connected, lost, null)
  })

  test('makes nothing of a create that never reached it, nor of a look at it', async () => {
    await using connected = await open(kit)
    const made = await prepared(connected, 'away')
    const { service, provider } = connected
    await service[Symbol.asyncDispose]()
    const reply = await provider.create(made.batch)
    assert.notEqual(reply.kind, 'accepted', 'a create that nobody answers is not accepted')
    const listed = await provider.batches(Date.now() - hourMs)
    assert.equal(listed.kind, 'refused', `a list that nobody answers is ${describe(listed)}`)
  })

  for (const { what, mayBeDone, fault } of inBetween)
    test(`takes ${what} in the place of an answer for none`, async () => {
      await using connected = await open(kit)
      const { relay } = connected
      for (const [name, call] of await reads(connected)) {
        // A file may hold anything, or nothing.
        if (name === 'fetch' && isFile(fault)) continue
        const before = relay.calls()
        const reply = await relay.during(fault, call)
        // What needs no call is not spoiled.
        if (relay.calls() === before) continue
        if (name !== 'stage') assert.notEqual(reply.kind, 'unknown', `${name} is ${describe(reply)}`)
        assert.notEqual(reply.kind, 'accepted', `${name} is accepted where ${what} came in between`)
        const isGone = reply.kind === 'refused' && reply.cause === 'gone'
        assert.ok(!isGone, `${name} takes ${what} for the word of the service that something is gone`)
      }
      const made = await prepared(connected, 'between')
      const reply = await relay.during(fault, () => connected.provider.create(made.batch))
      assert.notEqual(reply.kind, 'accepted', `create is accepted where ${what} came in between`)
      // Also where a create may be repeated: what is refused is done again as another, with another key.
      if (mayBeDone)
        assert.equal(reply.kind, 'unknown', `create is ${describe(reply)}, where ${what} came in between`)
    })
}

/** Every call but the paid one, about a batch that has ended. */
async function reads(
  connected: Connected,
): Promise<readonly (readonly [string, () => Promise<Reply<unknown>>])[]> {
  const { provider, model, folder } = connected
  const { batch } = await prepared(connected, 'reads')
  const { id } = accepted(await provider.create(batch), 'a create')
  const { outputPart } = await ended(connected, id)
  const { ids: _, ...file } = await inputFile(connected, 'more')
  return [
    ['batch', () => provider.batch(id)],
    ['batches', () => provider.batches(Date.now() - hourMs)],
    ['cancel', () => provider.cancel(id)],
    ['probe', () => provider.probe(model)],
    ['stage', () => provider.stage(file)],
    ['findStaged', () => provider.findStaged('offpeak-suite-')],
    ['staged', () => provider.staged(batch.staged)],
    // Where recovery has a fence, this is what it stands on.
    ['discard', () => provider.discard(batch.staged)],
    ...(outputPart === null
      ? []
      : ([['fetch', () => provider.fetch(outputPart, join(folder, 'spoiled.jsonl'))]] as const)),
  ]
}
