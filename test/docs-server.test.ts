import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { serve, withoutKeys } from './cli/child.ts'
import { call, linesOf, temporaryFolder, write } from './cli/project.ts'
import { installPrograms } from './support/reader-shell.ts'

const guide = readFileSync(resolve(import.meta.dirname, '../docs/server.md'), 'utf8')
const script = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, lines]) => lines).join('\n')

test('the commands of the page about the server work as they stand, one after another', async () => {
  expect(script.split('\n').filter((line) => line.includes('curl')).length).toBeGreaterThan(8)
  using folder = temporaryFolder()
  await call(folder.path, 'init')
  await installPrograms(folder.path)
  await write(folder.path, {
    'page.sh': `set -euo pipefail\ncurl() { command curl --fail-with-body "$@"; }\n${script}`,
  })
  await using server = await serve(folder.path, ['serve', '--port', '0', '--json'])
  const address = new URL(z.url().parse(server.first['url'])).host
  const here = readFileSync(join(folder.path, 'page.sh'), 'utf8').replaceAll('127.0.0.1:4100', address)
  await write(folder.path, { 'page.sh': here })
  const { stdout } = await promisify(execFile)('bash', ['page.sh'], {
    cwd: folder.path,
    env: { ...withoutKeys(), PATH: `${join(folder.path, 'bin')}:${process.env['PATH']}` },
    timeout: 60_000,
  })
  expect(stdout).toContain('"offpeak.jobs/2"')
  expect(stdout).toContain('"kind":"run.done"')
  expect(stdout).toContain('offpeak_live_runs')
  expect(linesOf(join(folder.path, 'results.jsonl'), z.looseObject({ key: z.string() }))).toHaveLength(20)
})
