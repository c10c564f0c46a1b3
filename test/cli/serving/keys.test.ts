import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { initProject, call, jsonOf, temporaryFolder } from '../project.ts'

const added = z.object({ id: z.string(), key: z.string() })
const listed = z.object({
  keys: z.array(z.looseObject({ id: z.string(), name: z.string(), state: z.string() })),
})

test('a key is shown once and is in no file of the project and no other output', async () => {
  using folder = temporaryFolder()
  await initProject(folder.path)
  const made = await call(folder.path, 'keys', 'add', 'ci', '--expires', '30d')
  const key = made.stdout.trimEnd()
  expect(key).toMatch(/^op_live_[a-z0-9]{8}_[A-Za-z0-9_-]{43}$/)
  const secret = key.split('_').slice(3).join('_')
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
  expect(made.stderr).toContain('not shown again')
  const others = [
    await call(folder.path, 'keys', 'ls'),
    await call(folder.path, 'keys', 'ls', '--json'),
    await call(folder.path, 'keys', 'add', 'ci', '-v'),
    await call(folder.path, 'doctor', '-v'),
    await call(folder.path, 'keys', 'rm', key, '-v'),
  ]
  expect(others.map(({ exit }) => exit).slice(0, 3)).toEqual([0, 0, 2])
  for (const { stdout, stderr } of [...others, { stdout: '', stderr: made.stderr }])
    expect(stdout + stderr).not.toContain(secret)
  const files = readdirSync(folder.path, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  )
  expect(files.map(({ name }) => name)).toContain('state.db')
  for (const { parentPath, name } of files) {
    const bytes = readFileSync(join(parentPath, name))
    expect(bytes.includes(secret), name).toBe(false)
    expect(bytes.includes(Buffer.from(secret, 'base64url')), name).toBe(false)
  }
})

test('keys have a scope, jobs, a budget and an end, and are removed by id or name', async () => {
  using folder = temporaryFolder()
  await initProject(folder.path)
  const shop = added.parse(
    jsonOf(await call(folder.path, 'keys', 'add', 'shop', '--jobs', 'headnotes', '--budget', '$5', '--json')),
  )
  await call(folder.path, 'keys', 'add', 'look', '--scope', 'read')
  const before = listed.parse(jsonOf(await call(folder.path, 'keys', 'ls', '--json')))
  expect(before.keys.find(({ id }) => id === shop.id)).toMatchObject({
    name: 'shop',
    scope: 'run',
    jobs: ['headnotes'],
    budgetMicroUsd: 5_000_000,
    takenMicroUsd: 0,
    expiresAt: null,
    state: 'valid',
  })
  expect((await call(folder.path, 'keys', 'ls')).stdout).toMatch(/shop\s+run\s+headnotes\s+\$0.00 of \$5.00/)
  expect((await call(folder.path, 'keys', 'rm', 'look')).exit).toBe(0)
  expect((await call(folder.path, 'keys', 'rm', shop.id)).stderr).toContain('refused from now on')
  expect((await call(folder.path, 'keys', 'rm', shop.id)).stderr).toContain('removed before')
  const after = listed.parse(jsonOf(await call(folder.path, 'keys', 'ls', '--json')))
  expect(after.keys.map(({ state }) => state)).toEqual(['removed', 'removed'])
  // The name is free again.
  expect((await call(folder.path, 'keys', 'add', 'shop')).exit).toBe(0)
})

test.each([
  [['add'], 'E_USAGE'],
  [['add', 'x', '--jobs', 'nope'], 'E_JOB_UNKNOWN'],
  [['add', 'x', '--scope', 'root'], 'E_USAGE'],
  [['rm', 'nobody'], 'E_KEY_UNKNOWN'],
  [['rm'], 'E_KEY_UNKNOWN'],
  [['ls', '--scope', 'read'], 'E_USAGE'],
  [['show', 'x'], 'E_USAGE'],
])('keys %j is refused with %s', async (words, code) => {
  using folder = temporaryFolder()
  await initProject(folder.path)
  const { exit, stdout, stderr } = await call(folder.path, 'keys', ...words)
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
  expect(stderr).toContain(code)
})

test('the actions of keys are completed', async () => {
  using folder = temporaryFolder()
  expect((await call(folder.path, '__complete', 'keys', '')).stdout.split('\n')).toEqual(
    expect.arrayContaining([expect.stringMatching(/^add/), expect.stringMatching(/^rm/)]),
  )
  expect((await call(folder.path, '__complete', 'keys', 'add', 'x', '--sc')).stdout).toContain('--scope')
})
