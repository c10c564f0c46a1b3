import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPages } from '../../src/server/pages.ts'
import { temporaryFolder, write } from '../cli/project.ts'

test('only what was built is served: assets for ever, the page never kept, and no path is looked up', async () => {
  using folder = temporaryFolder()
  await write(folder.path, {
    'secret.js': 'outside',
    'dashboard/index.html': '<!doctype html>the page',
    'dashboard/assets/app-1a2b.js': 'script',
    'dashboard/icon.svg': '<svg/>',
    'dashboard/notes.unknown': 'of no known kind',
  })
  const pages = await readPages(join(folder.path, 'dashboard'))
  const text = async (path: string, accept?: string): Promise<string | undefined> =>
    pages.answer('GET', path, accept)?.text()
  const kept = (path: string): string | null | undefined =>
    pages.answer('GET', path, undefined)?.headers.get('cache-control')
  expect(await text('/')).toBe('<!doctype html>the page')
  expect(await text('/assets/app-1a2b.js')).toBe('script')
  expect(kept('/assets/app-1a2b.js')).toContain('immutable')
  expect([kept('/'), kept('/index.html')]).toEqual(['no-store', 'no-store'])
  expect(await text('/runs/7k2m', 'text/html,*/*'), 'a page of the dashboard').toBe('<!doctype html>the page')
  for (const path of ['/api/v1/nope', '/metrics', '/webhooks/x', '/healthz'])
    expect(await text(path, 'text/html'), path).toBeUndefined()
  for (const path of [
    '/../secret.js',
    '/assets/../../secret.js',
    '/assets/',
    '/assets',
    '/notes.unknown',
    '//',
    '/__proto__',
  ])
    expect(await text(path), path).toBeUndefined()
  expect(pages.answer('POST', '/', 'text/html')).toBeNull()
})

test('without a build the page says how to make one', async () => {
  using folder = temporaryFolder()
  const pages = await readPages(join(folder.path, 'nothing'))
  expect(await pages.answer('GET', '/', undefined)?.text()).toContain('npm run build')
})
