import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import { runCli } from '../child.ts'
import {
  call,
  type Called,
  initProject,
  jsonOf,
  providerProject,
  temporaryFolder,
  write,
} from '../project.ts'

const doctor = z.object({
  checks: z.array(
    z.object({ name: z.string(), state: z.string(), message: z.string(), code: z.string().nullable() }),
  ),
})

function checksOf(called: Called): z.output<typeof doctor>['checks'] {
  return doctor.parse(jsonOf(called)).checks
}

function statesOf(called: Called): Readonly<Record<string, string>> {
  return Object.fromEntries(checksOf(called).map(({ name, state }) => [name, state]))
}

test('doctor finds a project that works to be well, and sends nothing', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ announces: false })
  await providerProject(folder.path, emulator)
  const called = await call(folder.path, 'doctor', '--json')
  expect(called.exit).toBe(0)
  expect(statesOf(called)).toMatchObject({
    node: 'ok',
    config: 'ok',
    state: 'ok',
    disk: 'ok',
    'job notes': 'ok',
    price: 'ok',
    provider: 'ok',
    clock: 'ok',
    batches: 'ok',
  })
  expect(emulator.bill().requests).toBe(0)
})

test('doctor says that the emulator answers', async () => {
  using folder = temporaryFolder()
  await initProject(folder.path)
  const { exit, stdout } = await call(folder.path, 'doctor')
  expect(exit).toBe(0)
  expect(stdout).toContain('the emulator answers')
})

test('doctor ends with the exit code of what fails: the key, the way to the provider, the job, the config', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ apiKeys: ['the-right-one'], announces: false })
  await providerProject(folder.path, emulator, 'the-wrong-one')
  const refused = await call(folder.path, 'doctor', '--json')
  expect(checksOf(refused).find(({ state }) => state === 'fail')).toMatchObject({
    name: 'provider',
    code: 'E_CREDENTIALS',
  })
  expect(refused.exit).toBe(3)

  using away = temporaryFolder()
  await providerProject(away.path, { openaiBaseUrl: 'http://127.0.0.1:1/v1' })
  expect((await call(away.path, 'doctor')).exit).toBe(1)

  await write(folder.path, { 'jobs/broken.job.ts': 'export const nothing = 1\n' })
  const job = await call(folder.path, 'doctor', '--json')
  expect(checksOf(job).find(({ state }) => state === 'fail')).toMatchObject({
    name: 'jobs',
    code: 'E_JOB_FILE',
  })
  expect(job.exit).toBe(2)

  using misconfigured = temporaryFolder()
  await write(misconfigured.path, { 'offpeak.config.ts': 'export default { jobz: 1 }\n' })
  const config = await call(misconfigured.path, 'doctor', '--json')
  expect(config.exit).toBe(2)
  expect(statesOf(config)).toEqual({ node: 'ok', config: 'fail' })
})

test('doctor names what is set and never shows a key or a password', async () => {
  using folder = temporaryFolder()
  await initProject(folder.path)
  const secrets = {
    OPENAI_API_KEY: 'sk-secret-of-openai',
    AZURE_OPENAI_API_KEY: 'secret-of-azure',
    DATABASE_URL: 'postgres://me:secret-of-database@127.0.0.1:1/cases',
  }
  const { stdout, stderr } = await runCli(folder.path, ['doctor', '-v'], secrets)
  expect(stdout).toContain('OPENAI_API_KEY (19 characters)')
  expect(stdout).toContain('postgres://127.0.0.1:1/cases')
  expect(stdout + stderr).not.toMatch(/secret-of/)
})
