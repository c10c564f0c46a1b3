import { describe, expect, it } from 'vitest'
import { resolvePath } from './paths.ts'

describe('resolvePath', () => {
  const cases: readonly (readonly [method: string, path: string, answer: object])[] = [
    ['POST', '/v1/files', { form: 'openai', match: { operation: 'files.create', id: '' } }],
    [
      'GET',
      '/v1/files/file-1/content',
      { form: 'openai', match: { operation: 'files.content', id: 'file-1' } },
    ],
    ['POST', '/v1/batches/b/cancel', { form: 'openai', match: { operation: 'batches.cancel', id: 'b' } }],
    ['GET', '/openai/v1/batches', { form: 'azure-v1', match: { operation: 'batches.list' } }],
    ['GET', '/openai/batches/b', { form: 'azure-dated', match: { operation: 'batches.retrieve', id: 'b' } }],
    [
      'POST',
      '/openai/deployments/my%20dep/batches',
      { form: 'azure-dated', deployment: 'my dep', match: { operation: 'batches.create' } },
    ],
    [
      'POST',
      '/openai/deployments/d/chat/completions',
      { deployment: 'd', match: { operation: 'chat.completions' } },
    ],
  ]
  it.each(cases)('%s %s', (method, path, answer) => {
    expect(resolvePath(method, path)).toMatchObject(answer)
  })

  it('tells a wrong method from an unknown path', () => {
    expect(resolvePath('PUT', '/v1/files').match).toEqual({ kind: 'wrong-method', allow: ['POST', 'GET'] })
    for (const path of ['/', '/v1', '/v1/files/', '/v1/files/a/b', '/openai/', '/v1/%zz/x']) {
      expect(resolvePath('GET', path).match.kind).toBe('unknown')
    }
  })
})
