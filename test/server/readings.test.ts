import { expect, test } from 'vitest'
import { localCaller } from '../../src/server/guard/caller.ts'
import { Places } from '../../src/server/guard/places.ts'
import { whileLetIn } from '../../src/server/guard/while-let-in.ts'
import { lineStream } from '../../src/server/line-stream.ts'
import { openServed } from './server-kit.ts'

test('one caller holds a part of the places, all of them together no more than there are', () => {
  const places = new Places('readings', 3, 2)
  const first = places.take('a')
  places.take('a')
  expect(() => places.take('a')).toThrow('this key has 2 readings, which is the most for one')
  places.take('b')
  expect(() => places.take('c')).toThrow('all callers together have 3 readings, which is the most')
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  expect(places.taken, 'given back once, however often it is said').toBe(2)
  places.take('c')
  expect(() => places.take('a')).toThrow('all callers')
})

test('large readings of one key leave room for those of others', async () => {
  await using project = await openServed({}, { limits: { expensiveAtOnce: 2, expensivePerCaller: 1 } })
  const { ask, keys } = project
  const path = '/api/v1/jobs/notes/coverage'
  const [first, second, other] = await Promise.all([
    ask('GET', path, { key: keys.read }),
    ask('GET', `${path}?by=id`, { key: keys.read }),
    ask('GET', `${path}?by=text`, { key: keys.run }),
  ])
  expect([first.status, second.status, other.status]).toEqual([200, 429, 200])
  expect(second.json).toMatchObject({
    code: 'E_RATE',
    detail: expect.stringContaining('this key has 1 large'),
  })
})

async function* endless(): AsyncGenerator<string, void> {
  for (;;) yield 'x'.repeat(10_000)
}

test('a client that takes nothing of a long answer any more gives its place back', async () => {
  let ends = 0
  const broken = await new Promise<unknown>((resolve, reject) => {
    lineStream(endless(), (line) => line, {
      onEnd: () => (ends += 1),
      onBroken: resolve,
      stalledAfterMs: 1,
    }).catch(reject)
  })
  expect(broken, 'nothing went wrong here').toBeNull()
  expect(ends).toBe(1)
})

test('what goes wrong in the middle of a long answer breaks it off, and is told to the server alone', async () => {
  async function* failing(): AsyncGenerator<string, void> {
    yield* ['a', 'b']
    throw new Error('a secret of the disk')
  }
  const told: unknown[] = []
  const stream = await lineStream(failing(), (line) => line, {
    onEnd: () => void told.push('end'),
    onBroken: (thrown) => void told.push(thrown),
    stalledAfterMs: 60_000,
  })
  await expect.poll(() => told).toEqual(['end', new Error('a secret of the disk')])
  await stream.cancel()
  expect(told).toHaveLength(2)
})

test('a long reading ends with the key or the session of its caller', async () => {
  let now = 0
  let isIn = true
  const clock = { now: () => (now += 100) }
  const seen: string[] = []
  const reading = async (): Promise<void> => {
    for await (const each of whileLetIn(
      { clock, sessions: { isIn: async () => isIn } },
      localCaller,
      endless(),
    )) {
      seen.push(each)
      if (seen.length === 20) isIn = false
      if (seen.length === 50) return
    }
  }
  await expect(reading()).rejects.toMatchObject({ code: 'E_KEY' })
  expect(seen.length).toBeLessThan(30)
})
