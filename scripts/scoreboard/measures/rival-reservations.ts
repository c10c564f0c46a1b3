import { newRequest, reservation, runWith } from '../../../src/testing/stores/fixtures.ts'
import { openStore } from '../../../src/stores/open.ts'
import { createDatabase } from '../../../test/support/postgres.ts'
import { type Figure, figureOf, type How } from '../figure.ts'
import { seededRandom } from '../../../src/emulator/core/random.ts'
import { below } from '../shuffled.ts'

const submitters = 40
/** Connections of their own: as many processes of a fleet. */
const processes = 8

/**
 * Many who reserve money under one cap at the same moment, on a PostgreSQL of their own: what was let in is summed from
 * the answers, not read from the ledger.
 */
export async function rivalReservations({ size, seed }: How): Promise<readonly Figure[]> {
  const rounds = size === 'full' ? 200 : 20
  const random = seededRandom(seed)
  await using database = await createDatabase()
  const stores = await Promise.all(
    Array.from({ length: processes }, (_store, index) => openStore(database.url, `score-${index}`)),
  )
  const [first] = stores
  if (first === undefined) throw new Error('there is no store')
  let overshoot = 0
  let [granted, refused] = [0, 0]
  try {
    for (let round = 0; round < rounds; round += 1) {
      const run = `r${round}`
      const capMicroUsd = 500 + below(random, 10_000)
      const files = Array.from({ length: submitters }, (_file, index) => [newRequest(index, index)])
      const ids = await runWith(first, run, files, capMicroUsd)
      const amounts = ids.map(() => 1 + below(random, 1_000))
      const claimed = await Promise.all(
        ids.map(async (id, index) => {
          const store = stores[index % processes] ?? first
          const claim = await store.claim(
            { kind: 'attempt', id },
            { holder: `p${index}`, now: 2_000, leaseMs: 1e9 },
          )
          if (claim === null) throw new Error('an attempt is held by somebody')
          return { store, claim, amountMicroUsd: amounts[index] ?? 0 }
        }),
      )
      const answers = await Promise.all(
        claimed.map(async ({ store, claim, amountMicroUsd }) => ({
          amountMicroUsd,
          isIn: (await store.reserve(claim, reservation(run, { amountMicroUsd }))) === 'reserved',
        })),
      )
      const letIn = answers.filter(({ isIn }) => isIn)
      granted += letIn.length
      refused += answers.length - letIn.length
      const sum = letIn.reduce((total, { amountMicroUsd }) => total + amountMicroUsd, 0)
      overshoot = Math.max(overshoot, sum - capMicroUsd)
    }
  } finally {
    for (const store of stores) await store[Symbol.asyncDispose]()
  }
  if (overshoot <= 0 && (granted === 0 || refused === 0))
    throw new Error('the cap bound nobody: nothing was measured')
  return [
    figureOf({
      row: 7,
      figure: `most that ${submitters} submitters at once were let in over one cap`,
      target: '0',
      measured: `${Math.max(0, overshoot)} micro-dollars in ${rounds} rounds, ${granted} let in, ${refused} refused`,
      isGood: overshoot <= 0,
      cases: rounds,
      asked: 200,
      seed,
    }),
  ]
}
