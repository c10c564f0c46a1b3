import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { knownScenarios } from '../../src/emulator/index.ts'
import { OffpeakError } from '../../src/domain/errors.ts'
import { begin, openKit, type KitProject } from './run-kit.ts'

/** So long a run is carried before what it has come to is held against the bill. */
const stageMs = 600

/** Carries a run for a while, or to its end. */
async function followRunAWhile({ offpeak }: KitProject, runId: string): Promise<void> {
  await offpeak.drive({ runIds: [runId], signal: AbortSignal.timeout(stageMs) })
}

/** Whatever was bought is in the ledger or still reserved, and no more than was agreed to. */
async function checkBill(
  project: KitProject,
  runId: string,
  capMicroUsd: number,
  when: string,
): Promise<void> {
  const { cost_micro_usd: billed } = project.emulator.bill()
  const { money } = await project.offpeak.status(runId)
  expect(billed, `${when}: the bill is within the cap`).toBeLessThanOrEqual(capMicroUsd)
  expect(
    money.spentMicroUsd + money.reservedMicroUsd,
    `${when}: the bill is in the ledger, or reserved`,
  ).toBeGreaterThanOrEqual(billed)
}

/** Done by a person who does not look closely; that there is nothing to do is fine. */
async function insist(act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (thrown) {
    if (!(thrown instanceof OffpeakError) || thrown.code !== 'E_RUN_STATE') throw thrown
  }
}

test.concurrent.for(knownScenarios.map(({ name }) => name))(
  'the cap holds against the bill at a service with %s, also when it is accepted, resumed, retried and cancelled',
  { timeout: 60_000 },
  async (name) => {
    await using project = await openKit({
      records: 10,
      settings: {
        batch: { maxRequests: 5 },
        timings: {
          pollEveryMs: 30,
          quotaBackoffMs: 50,
          settleMs: [50],
          listingLagMs: 50,
          lostAfterMs: 300,
          leaseMs: 3_000,
        },
      },
    })
    const { offpeak, emulator } = project
    emulator.play(`${name}@all`)
    const { cost } = await offpeak.plan('notes', { params: {}, limit: null, only: null, redo: false })
    // Enough for every request once, and for none twice.
    const cap = cost?.atMostMicroUsd ?? 0
    expect(cap).toBeGreaterThan(0)
    const runId = await begin(project, {}, cap)
    await followRunAWhile(project, runId)
    await checkBill(project, runId, cap, 'carried')
    await insist(() => offpeak.accept(runId))
    await insist(() => offpeak.resume(runId, null))
    await followRunAWhile(project, runId)
    await checkBill(project, runId, cap, 'accepted and resumed')
    // Everything that needs somebody once more, as often as there is money for it.
    for (const round of [1, 2, 3]) {
      await insist(() => offpeak.retry(runId, { outcomes: null, reason: null, keys: null }))
      await followRunAWhile(project, runId)
      await checkBill(project, runId, cap, `retried, ${round}`)
    }
    await insist(() => offpeak.cancel(runId))
    await followRunAWhile(project, runId)
    // What was under way when the service was last asked may still be answered.
    await sleep(100)
    await checkBill(project, runId, cap, 'cancelled')
  },
)
