import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { openStore } from '../../../src/stores/open.ts'
import type { AttemptState } from '../../../src/domain/attempt.ts'
import { runCli, serve, type Served } from '../child.ts'
import { notesProject } from '../notes-project.ts'
import { temporaryFolder } from '../project.ts'
import { join } from 'node:path'

/*
 * The creation of a batch is on its way when the process is asked to end: its answer is waited for, but not for ever, and a
 * second request ends the process at once. Whatever is cut off is found by the next process, and is not paid again.
 */

const ever = 600_000
const timeout = 120_000

/** A service that makes the first batch at once and says so after `answersAfterMs`. */
async function slowToAnswer(answersAfterMs: number): Promise<Emulator> {
  const emulator = await startEmulator({ speed: 2_000 })
  const action = { type: 'hang', ms: answersAfterMs } as const
  emulator.addFault({ operation: 'batches.create', when: 'after', times: 1, action })
  return emulator
}

const timings = (lastAnswerMs: number): string =>
  `lastAnswerMs: ${lastAnswerMs}, settleMs: [50, 50], listingLagMs: 50`

const services = {
  openai: {
    model: "openai('gpt-4o-mini')",
    env: ({ openaiBaseUrl }: Emulator) => ({ OPENAI_API_KEY: 'sk-any', OPENAI_BASE_URL: openaiBaseUrl }),
  },
  anthropic: {
    model: "anthropic('claude-haiku-5-5')",
    env: ({ baseUrls }: Emulator) => ({
      ANTHROPIC_API_KEY: 'sk-ant-any',
      ANTHROPIC_BASE_URL: baseUrls['anthropic'] ?? '',
    }),
  },
} as const

async function untilMade(emulator: Emulator, { child }: Served): Promise<void> {
  while (emulator.state().batches.length === 0) {
    expect(child.exitCode, 'it has not ended').toBeNull()
    await sleep(10)
  }
}

async function stateIn(dir: string): Promise<AttemptState | undefined> {
  await using store = await openStore(join(dir, '.offpeak', 'state.db'), 'reader')
  const [run] = await store.runs({ limit: 1 })
  return (await store.attempts(run?.id ?? ''))[0]?.state
}

async function endedBy({ child, ended }: Served): Promise<NodeJS.Signals | number | null> {
  await ended
  return child.signalCode ?? child.exitCode
}

describe.for(['openai', 'anthropic'] as const)('a batch is being made at %s', (service) => {
  const { model, env } = services[service]

  const begin = async (dir: string, emulator: Emulator, lastAnswerMs: number): Promise<Served> => {
    await notesProject(dir, { emulator: 'none', model, timings: timings(lastAnswerMs) })
    const run = await serve(dir, ['run', 'notes', '--yes', '--json'], env(emulator))
    await untilMade(emulator, run)
    return run
  }

  const checkPaidOnce = async (dir: string, emulator: Emulator): Promise<void> => {
    const { exit, stderr } = await runCli(dir, ['resume', '--json'], env(emulator))
    expect(exit, stderr).toBe(0)
    expect(emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
    expect(emulator.state().batches).toHaveLength(1)
  }

  test('an answer that comes in time is taken before the process ends', { timeout }, async () => {
    using folder = temporaryFolder()
    await using emulator = closing(await slowToAnswer(1_500))
    await using run = await begin(folder.path, emulator.it, ever)
    run.child.kill('SIGTERM')
    expect(await endedBy(run)).toBe('SIGTERM')
    expect(await stateIn(folder.path)).toBe('created')
    await checkPaidOnce(folder.path, emulator.it)
  })

  test(
    'one that does not come is given up, and the batch is found by the next process',
    { timeout },
    async () => {
      using folder = temporaryFolder()
      await using emulator = closing(await slowToAnswer(ever))
      await using run = await begin(folder.path, emulator.it, 300)
      run.child.kill('SIGTERM')
      expect(await endedBy(run)).toBe('SIGTERM')
      expect(await stateIn(folder.path)).toBe('in_doubt')
      await checkPaidOnce(folder.path, emulator.it)
    },
  )

  test(
    'a second Ctrl-C ends the process at once, and the batch is found by the next one',
    { timeout },
    async () => {
      using folder = temporaryFolder()
      await using emulator = closing(await slowToAnswer(ever))
      await using run = await begin(folder.path, emulator.it, ever)
      let told = ''
      run.child.stderr?.on('data', (text: Buffer) => (told += text.toString()))
      run.child.kill('SIGINT')
      while (!told.includes('Ctrl-C again leaves immediately')) await sleep(10)
      expect(run.child.exitCode, 'it waits for the answer').toBeNull()
      run.child.kill('SIGINT')
      expect(await endedBy(run)).toBe(130)
      expect(await stateIn(folder.path)).toBe('creating')
      await checkPaidOnce(folder.path, emulator.it)
    },
  )
})

function closing(it: Emulator): AsyncDisposable & { readonly it: Emulator } {
  return { it, [Symbol.asyncDispose]: () => it.close() }
}
