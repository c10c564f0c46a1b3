import { expect, test } from 'vitest'
import { serverPrograms } from '../support/postgres.ts'
import { endure } from './endure.ts'

const programs = serverPrograms()

test.skipIf(programs === null).for(['local', 'pg-boss'] as const)(
  'four workers live through restarts of their database: nothing is lost, and nothing is paid twice (%s)',
  { timeout: 300_000 },
  async (driver) => {
    const found = await endure({
      programs: programs ?? '',
      driver,
      workers: 4,
      durationMs: 12_000,
      restartEveryMs: 4_000,
      records: 400,
      seed: 7,
      say: () => undefined,
    })
    expect(found.restarts).toBeGreaterThan(1)
    expect(found).toMatchObject({ died: [], lost: 0, billedTwice: 0 })
    expect(found.ledgerLessBillMicroUsd).toBeGreaterThanOrEqual(0)
    expect(found.ledgerLessBillMicroUsd).toBeLessThanOrEqual(found.batches)
  },
)
