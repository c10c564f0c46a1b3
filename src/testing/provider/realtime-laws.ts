import assert from 'node:assert/strict'
import { customId } from '../../domain/request.ts'
import type { Ask, Completed } from '../../ports/provider/realtime.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import type { Runner } from '../runner.ts'
import {
  accepted,
  type Asked,
  connect,
  describe,
  nowhere,
  open,
  smallRequest,
  goodKind,
} from './connected.ts'
import { inBetween } from './faults.ts'
import type { ProviderKit } from './kit.ts'

const id = customId('atonce', 7)

/** Whether a service has a call that answers at once; one without it keeps no lines of such answers. */
export function answersAtOnce(kit: ProviderKit): boolean {
  const { provider } = connect(kit, nowhere)
  return provider.line(provider.outputLine(id, { unsure: 'nobody has answered' })) !== null
}

/** The laws of the call that answers at once, which is paid each time. */
export function realtimeLaws({ test }: Runner, kit: ProviderKit): void {
  test('reads what is answered at once like a line of results', async () => {
    await using connected = await open(kit)
    const done = accepted(await ask(connected), 'a request that is asked at once')
    const read = lineOf(connected, done)
    assert.equal(read?.customId, id)
    assert.equal(read.answer.kind, goodKind(connected), 'the service of a kit answers as it is asked')
    assert.ok((read.answer.usage?.inputTokens ?? 0) > 0, 'what an answer has cost is read')
  })

  test('names a wrong key where it is asked at once, as the fault of no request', async () => {
    await using connected = await open(kit)
    const key = 'wrong-key-of-the-suite-0123456789'
    const reply = await ask(connect(kit, { url: connected.relay.url, key }))
    assert.ok(
      reply.kind === 'refused' && reply.cause === 'auth',
      `a request with a wrong key is ${describe(reply)}`,
    )
    assert.ok(!reply.message.includes(key), 'what it says does not hold the key')
  })

  test('leaves a request open that was asked at once and not answered', async () => {
    await using connected = await open(kit)
    const reply = await connected.relay.during({ kind: 'deaf', call: 0 }, () => ask(connected))
    assert.equal(reply.kind, 'unknown', `a request whose answer is lost is ${describe(reply)}`)
  })

  test('has asked nothing at once where nobody was reached', async () => {
    await using connected = await open(kit)
    await connected.relay[Symbol.asyncDispose]()
    const reply = await ask(connected)
    assert.ok(
      reply.kind === 'refused' && reply.cause === 'away',
      `a request that reached nobody is ${describe(reply)}`,
    )
  })

  test('takes nothing that came in between for what a request was answered with', async () => {
    await using connected = await open(kit)
    for (const { what, mayBeDone, fault } of inBetween) {
      const reply = await connected.relay.during(fault, () => ask(connected))
      // A service may fail in its own words and say that this costs nothing; that is no text.
      if (reply.kind === 'accepted' && fault.status >= 500) {
        const read = lineOf(connected, reply.value)
        assert.equal(read?.answer.kind, 'error', `${what} is read as an answer`)
      } else if (mayBeDone && !(kit.isOwnServer === true && fault.status === 503))
        assert.equal(reply.kind, 'unknown', `a request is ${describe(reply)}, where ${what} came in between`)
      else assert.equal(reply.kind, 'refused', `${what} is ${describe(reply)}`)
    }
  })
}

function ask(asked: Asked): Promise<Reply<Completed>> {
  const { provider, endpoint, realtimeModel } = asked
  const body = JSON.stringify(provider.body(smallRequest(asked, 'What is 2 and 2?'), endpoint))
  return provider.complete({ endpoint, model: realtimeModel, body, deliveryMode: 'realtime' } satisfies Ask)
}

/** What came of a request, as it is kept and read. */
function lineOf({ provider }: Asked, done: Completed): ReturnType<Asked['provider']['line']> {
  return provider.line(JSON.parse(JSON.stringify(provider.outputLine(id, done))))
}
