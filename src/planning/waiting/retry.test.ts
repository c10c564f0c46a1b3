import { describe, expect, test } from 'vitest'
import { outcomeNames, outcomes } from '../../domain/outcome.ts'
import { decideRetry, defaultMaxTries, freeTries, isInfrastructureFailure } from './retry.ts'

describe('decideRetry', () => {
  test('leaves every outcome whose rule says so, however few tries there were', () => {
    for (const outcome of outcomeNames.filter((name) => !outcomes[name].retry)) {
      expect(decideRetry(outcome, { total: 1, infrastructureFailures: 0 }, 10), outcome).toBe('leave')
    }
  })

  test('sends an invalid answer again until the job’s limit is used up', () => {
    const decisions = [1, 2, 3, 4].map((total) =>
      decideRetry('invalid', { total, infrastructureFailures: 0 }),
    )
    expect(decisions).toEqual(['again', 'again', 'leave', 'leave'])
    expect(defaultMaxTries).toBe(3)
  })

  test('sends nothing again when the job allows one try', () => {
    expect(decideRetry('invalid', { total: 1, infrastructureFailures: 0 }, 1)).toBe('leave')
  })

  test('does not count tries that the provider spoilt', () => {
    expect(decideRetry('expired', { total: 3, infrastructureFailures: 3 }, 1)).toBe('again')
    expect(decideRetry('missing', { total: 3, infrastructureFailures: 2 }, 2)).toBe('again')
    expect(decideRetry('invalid', { total: 3, infrastructureFailures: 2 }, 1)).toBe('leave')
  })

  test('ends a record that never comes back: after its own tries and the free ones it is left', () => {
    let total = 1
    while (decideRetry('transient', { total, infrastructureFailures: total }) === 'again') total += 1
    expect(total).toBe(defaultMaxTries + freeTries)
  })

  test('takes exactly the unpaid retriable outcomes as the provider’s doing', () => {
    expect(outcomeNames.filter(isInfrastructureFailure)).toEqual(['transient', 'expired', 'missing'])
  })
})
