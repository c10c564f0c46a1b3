import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isKnownNode, requireKnownNode } from './known-node.ts'

const root = join(import.meta.dirname, '../..')

test('the oldest Nodes are the first of their line with a repaired SQLite', () => {
  const versions = [
    '22.23.3',
    '24.0.0',
    '24.14.1',
    '24.15.0',
    '24.21.0',
    '25.0.0',
    '25.8.0',
    '25.8.1',
    '25.9.0',
    '26.0.0',
  ]
  expect(versions.filter(isKnownNode)).toEqual(['24.15.0', '24.21.0', '25.8.1', '25.9.0', '26.0.0'])
})

test('a program on an older Node is told so before anything is opened', () => {
  expect(() => requireKnownNode({ node: '24.14.1' })).toThrow(/24\.15 or newer.* this is 24\.14\.1/)
  for (const versions of [
    { node: '24.15.0' },
    { node: '24.3.0', bun: '1.3.0' },
    { node: '24.2.0', deno: '2.5.0' },
  ])
    expect(() => requireKnownNode(versions)).not.toThrow()
})

test('the launcher and the package say the same', () => {
  const launcher = readFileSync(join(root, 'bin/offpeak.js'), 'utf8')
  expect(launcher).toContain(
    'major > 25 || (major === 24 && minor >= 15) || (major === 25 && (minor > 8 || (minor === 8 && patch > 0)))',
  )
  expect(readFileSync(join(root, 'package.json'), 'utf8')).toContain('"node": "^24.15.0 || >=25.8.1"')
})
