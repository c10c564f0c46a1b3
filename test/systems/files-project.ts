import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Emulator } from '../../src/emulator/index.ts'
import { call, type Called, temporaryFolder } from '../cli/project.ts'
import { launcher, runCli, withoutKeys } from '../cli/child.ts'
import { createDatabase } from '../support/postgres.ts'

const examples = join(import.meta.dirname, '../../examples')

/** Where the state of a project is: beside it, or on a server. */
export const states: readonly (readonly [
  string,
  () => Promise<{ readonly url: string | null } & AsyncDisposable>,
])[] = [
  ['SQLite', async () => ({ url: null, [Symbol.asyncDispose]: () => Promise.resolve() })],
  ['PostgreSQL', createDatabase],
]

export interface FilesProject extends Disposable {
  readonly path: string
  /** Calls a command in this process. */
  readonly offpeak: (...argv: readonly string[]) => Promise<Called>
  /** Runs a command as a process of its own. */
  readonly alone: (argv: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Called>
  /** Starts a command and kills it, as hard as the system can, once the condition holds. */
  readonly killed: (argv: readonly string[], when: () => boolean) => Promise<NodeJS.Signals | null>
  readonly put: (path: string, content: string | Uint8Array) => void
  readonly read: (path: string) => string
  /** The names in a directory that end so, sorted; none where it is not there. */
  readonly names: (directory: string, extension: string) => readonly string[]
}

interface ProjectOptions {
  readonly maxRequests?: number
  readonly state?: string | null
}

/** The variable that holds the key of the provider. */
export const keyName = 'OFFPEAK_TEST_KEY_of_systems'

/** A copy of an example, without its data, whose job asks the given emulator. */
export function filesProject(
  example: 'transcripts' | 'lessons',
  { openaiBaseUrl }: Pick<Emulator, 'openaiBaseUrl'>,
  { maxRequests = 50_000, state = null }: ProjectOptions = {},
): FilesProject {
  const folder = temporaryFolder()
  const { path } = folder
  for (const part of ['jobs', 'prompts'])
    if (existsSync(join(examples, example, part)))
      cpSync(join(examples, example, part), join(path, part), { recursive: true })
  const put = (name: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  const read = (name: string): string => readFileSync(join(path, name), 'utf8')
  const settings = JSON.stringify({
    ...(state === null ? {} : { state }),
    batch: { maxRequests },
    timings: { pollEveryMs: 30, leaseMs: 1_000, settleMs: [100], listingLagMs: 100 },
  })
  put(
    'offpeak.config.ts',
    `import { defineConfig } from 'offpeak'\nexport default defineConfig(${settings})\n`,
  )
  // The environment belongs to all tests of this process, so the job itself says whom it asks.
  put(
    `jobs/${example}.job.ts`,
    read(`jobs/${example}.job.ts`)
      .replace(', openai, ', ', openaiCompatible, ')
      .replace('openai(', `openaiCompatible({ baseUrl: '${openaiBaseUrl}', apiKeyEnv: '${keyName}' })(`),
  )
  put('.env', `${keyName}=any\n`)
  return {
    path,
    put,
    read,
    offpeak: (...argv) => call(path, ...argv),
    async alone(argv, env = {}) {
      const { exit, ...said } = await runCli(path, argv, env)
      return { exit: exit ?? -1, ...said }
    },
    async killed(argv, when) {
      const child = spawn(process.execPath, [launcher, ...argv], {
        cwd: path,
        env: withoutKeys(),
        stdio: 'ignore',
      })
      const ended = once(child, 'exit')
      while (child.exitCode === null && child.signalCode === null && !when()) await sleep(1)
      child.kill('SIGKILL')
      await ended
      return child.signalCode
    },
    names: (directory, extension) =>
      existsSync(join(path, directory))
        ? readdirSync(join(path, directory))
            .filter((name) => name.endsWith(extension) && !name.startsWith('.'))
            .toSorted()
        : [],
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

const withId = z.object({ id: z.string() })

/** Makes a batch as a script by hand would, from the bodies by their ids; the provider's id of it. */
export async function batchByHand(
  { openaiBaseUrl }: Pick<Emulator, 'openaiBaseUrl'>,
  bodies: ReadonlyMap<string, object>,
): Promise<string> {
  const url = '/v1/chat/completions'
  const lines = [...bodies].map(([custom_id, body]) =>
    JSON.stringify({ custom_id, method: 'POST', url, body }),
  )
  const form = new FormData()
  form.set('purpose', 'batch')
  form.set('file', new Blob([`${lines.join('\n')}\n`]), 'by-hand.jsonl')
  const headers = { authorization: 'Bearer any' }
  const file = await fetch(`${openaiBaseUrl}/files`, { method: 'POST', headers, body: form })
  const { id } = withId.parse(await file.json())
  const made = await fetch(`${openaiBaseUrl}/batches`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ input_file_id: id, endpoint: url, completion_window: '24h' }),
  })
  return withId.parse(await made.json()).id
}
