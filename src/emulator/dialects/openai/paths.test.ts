import { describe, expect, it } from 'vitest'
import { resolvePath } from './paths.ts'

describe('resolvePath', () => {
  const cases: readonly (readonly [method: string, path: string, route: object])[] = [
    ['POST', '/v1/files', { dialect: 'openai', operation: 'files.create', id: '' }],
    ['GET', '/v1/files/file-1/content', { dialect: 'openai', operation: 'files.content', id: 'file-1' }],
    ['POST', '/v1/batches/b/cancel', { dialect: 'openai', operation: 'batches.cancel', id: 'b' }],
    ['GET', '/openai/v1/batches', { dialect: 'azure-v1', operation: 'batches.list' }],
    ['GET', '/openai/batches/b', { dialect: 'azure-dated', operation: 'batches.retrieve', id: 'b' }],
    [
      'POST',
      '/openai/deployments/my%20dep/batches',
      { dialect: 'azure-dated', operation: 'batches.create', deployment: 'my dep' },
    ],
    ['POST', '/openai/deployments/d/chat/completions', { operation: 'chat.completions', deployment: 'd' }],
  ]
  it.each(cases)('%s %s', (method, path, route) => {
    expect(resolvePath(method, path)).toMatchObject({ kind: 'route', route })
  })

  it('tells a wrong method from an unknown path', () => {
    expect(resolvePath('PUT', '/v1/files')).toMatchObject({ kind: 'wrong-method', allow: ['POST', 'GET'] })
    for (const path of ['/', '/v1', '/v1/files/', '/v1/files/a/b', '/openai/', '/v1/%zz/x']) {
      expect(resolvePath('GET', path).kind).toBe('unknown')
    }
  })
})
