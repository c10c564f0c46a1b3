import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { z } from 'zod'
import { main } from '../../src/cli/main.ts'
import type { Emulator } from '../../src/emulator/index.ts'

/** What one call of the CLI gave. */
export interface Called {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** Calls the CLI in this process, as from a script: no terminal, nobody to ask. */
export async function call(cwd: string, ...argv: readonly string[]): Promise<Called> {
  let [stdout, stderr] = ['', '']
  using _ = ownEnvironment()
  const exit = await main(argv, {
    stdout: { write: (text) => (stdout += text), isTty: false, color: false, columns: () => 100 },
    stderr: { write: (text) => (stderr += text), isTty: false, color: false, columns: () => 100 },
    stdinIsTty: false,
    cwd,
    now: () => Date.now(),
    ask: () => Promise.reject(new Error('nobody can be asked')),
    key: () => Promise.reject(new Error('nobody can press a key')),
    onInterrupt: () => () => undefined,
    leave: (code) => {
      throw new Error(`the process was to end with ${code}`)
    },
  })
  return { exit, stdout, stderr }
}

/** A command reads the project's `.env` into its process, which is this one here: at the end that is gone again. */
function ownEnvironment(): Disposable {
  const before = new Set(Object.keys(process.env))
  return {
    [Symbol.dispose]() {
      for (const name of Object.keys(process.env))
        if (!before.has(name)) Reflect.deleteProperty(process.env, name)
    },
  }
}

/**
 * Carries the run of `notes` a little, and longer each time, until it is as wanted: how far a process comes within a second
 * is chance. Returns what the last call gave.
 */
export async function carryUntil(
  dir: string,
  isSo: (called: Called) => boolean | Promise<boolean>,
  first: readonly string[],
): Promise<Called> {
  let called = await call(dir, ...first, '--wait', '1s')
  for (let seconds = 2; !(await isSo(called)); seconds *= 2)
    called = await call(dir, 'resume', 'notes', '--wait', `${seconds}s`)
  return called
}

/** The only line of JSON that a call printed. */
export function jsonOf({ stdout }: Called): unknown {
  return JSON.parse(stdout)
}

/** A file of JSON lines, each as the schema has it. */
export function linesOf<Line>(path: string, line: z.ZodType<Line>): readonly Line[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => line.parse(JSON.parse(text)))
}

/** A directory that is gone after the test. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'offpeak-cli-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export async function write(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), text)
  }
}

/** Whatever keys this machine has, the built-in emulator answers. */
export const emulatorConfig =
  "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { write: true }, budget: { perRun: '$5' } })\n"

/** The project that `init` writes, answered by the emulator only. */
export async function initProject(dir: string, ...flags: readonly string[]): Promise<void> {
  await call(dir, 'init', ...flags)
  await write(dir, { 'offpeak.config.ts': emulatorConfig })
}

/** A project of ten notes that asks a provider outside of itself: the given emulator, with or without a key. */
export async function providerProject(
  dir: string,
  emulator: Pick<Emulator, 'openaiBaseUrl'>,
  key: string | null = 'any-key',
): Promise<void> {
  // Environment files are read into this process, so each key has a name of its own.
  const apiKeyEnv = key === null ? null : `OFFPEAK_TEST_KEY_${key.replaceAll('-', '_')}`
  const service = JSON.stringify({
    baseUrl: emulator.openaiBaseUrl,
    ...(apiKeyEnv === null ? {} : { apiKeyEnv }),
  })
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ timings: { pollEveryMs: 50 } })\n",
    ...(apiKeyEnv === null ? {} : { '.env': `${apiKeyEnv}=${key}\n` }),
    'notes.jsonl': Array.from(
      { length: 10 },
      (_, id) => `${JSON.stringify({ id, text: `Note ${id} tells of a ship that came in at noon.` })}\n`,
    ).join(''),
    'jobs/notes.job.ts': `import { defineJob, jsonl, openaiCompatible } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: openaiCompatible(${service})('gpt-4o-mini'),
  maxTokens: 100,
  prompt: ({ row }) => row.text,
  output: z.object({ summary: z.string() }),
  to: { jsonl: 'out.jsonl', line: ({ row, output }) => ({ ...output, was: row.text.length }) },
})
`,
  })
}
