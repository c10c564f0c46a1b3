import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ownPlace } from './own-place.ts'

const temporary = (): { readonly path: string } & Disposable => {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'offpeak-own-place-')))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

test('job files are known by their pattern, there or not, and through links', () => {
  using folder = temporary()
  mkdirSync(join(folder.path, 'project/jobs'), { recursive: true })
  symlinkSync('project', join(folder.path, 'link'))
  const dir = join(folder.path, 'link')
  const isOwn = ownPlace({
    dir,
    paths: [join(dir, 'state.db'), join(dir, 'files')],
    jobs: ['./jobs/*.job.ts'],
  })
  for (const root of [dir, join(folder.path, 'project')]) {
    expect(isOwn(join(root, 'jobs/new.job.ts'))).toBe('a job file')
    expect(isOwn(join(root, 'state.db'))).toContain('own')
    expect(isOwn(join(root, 'files/7k2m/1.jsonl'))).toContain('own')
    expect(isOwn(join(root, 'jobs/notes.md'))).toBeNull()
    expect(isOwn(join(root, 'out/new.job.ts'))).toBeNull()
  }
})

test('what the configuration was read from is known by where it really is as well', () => {
  using folder = temporary()
  const dir = folder.path
  writeFileSync(join(dir, 'shared.ts'), '')
  symlinkSync('shared.ts', join(dir, 'prices.ts'))
  const isOwn = ownPlace({ dir, paths: [join(dir, 'prices.ts')], jobs: [] })
  expect(isOwn(join(dir, 'shared.ts'))).toContain('own')
  expect(isOwn(join(dir, 'prices.ts'))).toContain('own')
  expect(isOwn(join(dir, 'prices.ts.md'))).toBeNull()
})
