import { describe, expect, it } from 'vitest'
import { findDeployment, findModel, lineCostPicoUsd } from './models.ts'

describe('prices', () => {
  it('charges a batch line half of a synchronous call, in whole pico-dollars', () => {
    const model = findModel('gpt-4o-mini')
    if (!model) throw new Error('The model is missing.')
    const usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 }
    expect(lineCostPicoUsd(model, usage, 'sync')).toBe(0.75 * 1e12)
    expect(lineCostPicoUsd(model, usage, 'batch')).toBe(0.375 * 1e12)
  })

  it('knows dated snapshots and Azure deployments by the longest name inside them', () => {
    expect(findModel('gpt-4o-mini-2024-07-18')?.name).toBe('gpt-4o-mini')
    expect(findModel('gpt-9')).toBeUndefined()
    const deployed = (name: string, deployments = {}): string | undefined =>
      findDeployment(name, deployments, 'chat')?.name
    expect(deployed('prod-GPT-4o-mini-batch')).toBe('gpt-4o-mini')
    expect(deployed('headnotes', { headnotes: 'gpt-4.1' })).toBe('gpt-4.1')
    expect(deployed('your-deployment-name')).toBe('gpt-4o-mini')
    expect(findDeployment('our-vectors', {}, 'embedding')?.name).toBe('text-embedding-3-small')
    expect(deployed('gpt-9-batch')).toBeUndefined()
    expect(deployed('no name of a deployment')).toBeUndefined()
  })
})
