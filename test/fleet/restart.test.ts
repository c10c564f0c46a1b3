import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../src/emulator/index.ts'
import { linesOf, temporaryFolder } from '../cli/project.ts'
import { notesProject } from '../cli/notes-project.ts'
import { startOwnServer, systemServer } from '../crash/server.ts'
import { type Going, going } from './processes.ts'

const line = z.object({ key: z.string() })
const away = 'The state database cannot be reached'
const back = 'does what it is told again'
const programs = systemServer()

test.skipIf(programs === null)(
  'a database of the state that is away for a while ends nobody: everybody waits, says so and continues',
  { timeout: 120_000 },
  async () => {
    using folder = temporaryFolder()
    await using server = await startOwnServer(programs ?? '')
    await using emulator = await startEmulator({ dataDir: join(folder.path, 'emulator'), speed: 1 })
    const records = 60
    await notesProject(folder.path, {
      records,
      emulator: 'none',
      config: `state: '${server.url}', batch: { maxRequests: 10 },`,
    })
    const env = { AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: emulator.azureEndpoint }
    await using run = going(folder.path, ['run', 'notes', '--yes'], env)
    await run.says('phase=running')
    await using watch = going(folder.path, ['status', 'notes', '--watch'], env)
    await using worker = going(folder.path, ['worker'], env)
    await using served = going(folder.path, ['serve', '--port', '0', '--json'], env)
    const all = [run, watch, worker, served]
    await Promise.all([watch.says('phase='), worker.says('phase='), served.says('offpeak.serve/2')])
    await server.stopFor(3_000)
    emulator.advanceClock(3_600_000)

    const [ran, watched] = await Promise.all([run.ended, watch.ended])
    expect(ran.exit, run.stderr()).toBe(0)
    expect(watched.exit, watch.stderr()).toBe(0)
    for (const each of [worker, served]) {
      expect(each.isOver(), each.stderr()).toBe(false)
      each.child.kill('SIGTERM')
      expect((await each.ended).exit).toBe(0)
    }
    for (const each of [run, watch, worker]) {
      expect(each.stderr()).toContain(away)
      expect(each.stderr()).toContain(back)
    }
    expect(served.stdout()).toContain('"schema":"offpeak.state/2"')
    for (const each of all) expect(each.stderr()).not.toMatch(/\n\s+at .*node_modules/)
    const written = linesOf(join(folder.path, 'out.jsonl'), line).map(({ key }) => key)
    expect(written).toHaveLength(records)
    expect(new Set(written).size).toBe(records)
    expect(emulator.state().batches).toHaveLength(records / 10)
  },
)

test.skipIf(programs === null)(
  'each command waits for a database of the state that is being restarted, in one line, and does what it was told',
  { timeout: 240_000 },
  async () => {
    using folder = temporaryFolder()
    await using server = await startOwnServer(programs ?? '')
    await using emulator = await startEmulator({ dataDir: join(folder.path, 'emulator'), speed: 20_000 })
    await notesProject(folder.path, { records: 20, emulator: 'none', config: `state: '${server.url}',` })
    const env = { AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: emulator.azureEndpoint }
    const whileAway = async (...commands: readonly (readonly string[])[]): Promise<void> => {
      await using begun = new AsyncDisposableStack()
      const all: Going[] = []
      await server.whileStopped(async () => {
        for (const command of commands) all.push(begun.use(going(folder.path, command, env)))
        await Promise.all(all.map((each) => each.says('Waiting for it')))
      })
      for (const [at, each] of all.entries()) {
        const { exit } = await each.ended
        const said = each.stderr()
        expect(exit, `${commands[at]?.join(' ')}: ${said}`).toBe(0)
        expect(said.split(away)).toHaveLength(2)
        expect(said.split(back)).toHaveLength(2)
      }
    }
    await whileAway(['run', 'notes', '--yes'])
    await whileAway(['status'], ['status', 'notes', '--json'], ['results', 'notes'], ['errors', 'notes'])
    await whileAway(['costs'], ['report', 'notes'], ['doctor'], ['keys', 'add', 'theirs'])
    expect(linesOf(join(folder.path, 'out.jsonl'), line)).toHaveLength(20)
    expect(emulator.bill()).toMatchObject({ requests: 20, duplicate_requests: 0 })
  },
)

test('a database of the state that stays away is said to be waited for, and then to be away', async () => {
  using folder = temporaryFolder()
  const state = 'postgres://somebody@127.0.0.1:1/none'
  await notesProject(folder.path, {
    emulator: 'none',
    config: `state: '${state}',`,
    timings: 'awayMs: 2_000',
  })
  await using command = going(folder.path, ['status'])
  expect((await command.ended).exit).toBe(1)
  expect(command.stderr()).toMatch(/cannot be reached: connect ECONNREFUSED.*Waiting for it; nothing is lost/)
  expect(command.stderr()).toContain('E_DATABASE')
  expect(command.stderr()).not.toContain(back)
})
