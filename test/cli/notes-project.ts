import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { main } from '../../src/cli/main.ts'
import { type Called, write } from './project.ts'

export interface NotesOptions {
  readonly records?: number
  /** As in the config; 2000 when left out. */
  readonly speed?: number
  readonly config?: string
  /** Further entries of `timings` in the config. */
  readonly timings?: string
  /** Further lines of the job. */
  readonly job?: string
  readonly budget?: string | null
  /** The model as an expression; `emulator: 'none'` leaves it to where that model is. */
  readonly model?: string
  readonly emulator?: 'own' | 'none'
}

/** A project with one job over short notes, answered by the built-in emulator. */
export async function notesProject(
  dir: string,
  {
    records = 12,
    speed = 2_000,
    config = '',
    timings = '',
    job = '',
    budget = '$5',
    model = "azure('gpt-4o-mini-batch')",
    emulator = 'own',
  }: NotesOptions = {},
): Promise<void> {
  await write(dir, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'\nexport default defineConfig({ ${emulator === 'own' ? `emulator: { speed: ${speed}, write: true }, ` : ''}timings: { pollEveryMs: 50, ${timings} }, ${config} })\n`,
    'notes.jsonl': Array.from(
      { length: records },
      (_, id) => `${JSON.stringify({ id, text: `Note ${id} tells of a ship that came in at noon.` })}\n`,
    ).join(''),
    'jobs/notes.job.ts': `import { anthropic, azure, bedrock, deepinfra, defineJob, groq, jsonl, local, openai, openaiCompatible, together } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: ${model},
  maxTokens: 100,
  prompt: ({ row }) => row.text,
  output: z.object({ summary: z.string() }),
  to: { jsonl: 'out.jsonl', line: ({ row, output }) => ({ ...output, was: row.text.length }) },
  ${budget === null ? '' : `budget: { perRun: '${budget}' },`}
  ${job}
})
`,
  })
}

export interface Terminal {
  /** What the person types at each question; null is Esc, Ctrl-C or the end of input. */
  readonly answers?: readonly (string | null)[]
  /** The keys that the person presses, one after the other; then Ctrl-C. */
  readonly keys?: readonly string[]
  readonly columns?: number
  /** Presses Ctrl-C when the words on stderr contain this, and again when they contain the next. */
  readonly interruptAt?: readonly string[]
}

export interface OnTerminal extends Called {
  readonly questions: readonly string[]
  /** The code with which the process was left at once; null: it ended by itself. */
  readonly left: number | null
}

/** Calls the CLI in this process as from a terminal with a person at it. */
export async function callOnTerminal(
  cwd: string,
  { answers = [], keys = [], columns = 100, interruptAt = [] }: Terminal,
  ...argv: readonly string[]
): Promise<OnTerminal> {
  let [stdout, stderr, pressed] = ['', '', 0]
  let left: number | null = null
  const questions: string[] = []
  const toPress = [...keys]
  const listeners = new Set<() => void>()
  const press = (): void => {
    const wanted = interruptAt[pressed]
    if (wanted === undefined || !stderr.includes(wanted) || listeners.size === 0) return
    pressed++
    for (const listener of listeners) setImmediate(listener)
  }
  const exit = await main(argv, {
    stdout: { write: (text) => (stdout += text), isTty: true, color: false, columns: () => columns },
    stderr: {
      write: (text) => {
        stderr += text
        press()
      },
      isTty: true,
      color: false,
      columns: () => columns,
    },
    stdinIsTty: true,
    cwd,
    now: () => Date.now(),
    async ask(question) {
      questions.push(question)
      return answers[questions.length - 1] ?? null
    },
    key: () => Promise.resolve(toPress.shift() ?? null),
    onInterrupt(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    leave: (code) => void (left ??= code),
  })
  return { exit, stdout, stderr, questions, left }
}

export interface Child extends Called {
  readonly signal: string | null
}

const bin = fileURLToPath(new URL('../../bin/offpeak.js', import.meta.url))

/** Runs the real program as a process of its own; `whenSaid` may send it a signal once stderr contains the words. */
export function offpeakProcess(
  cwd: string,
  argv: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>
    readonly whenSaid?: readonly [words: string | RegExp, signal: NodeJS.Signals]
    /** Once it resolves, the process is killed. */
    readonly killedAt?: Promise<unknown>
  } = {},
): Promise<Child> {
  const { PATH: path = '' } = process.env
  const child = spawn(process.execPath, ['-C', 'offpeak-source', bin, ...argv], {
    cwd,
    env: { PATH: path, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr, sent] = ['', '', false]
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    const { whenSaid } = options
    if (sent || whenSaid === undefined || !says(stderr, whenSaid[0])) return
    sent = true
    child.kill(whenSaid[1])
  })
  void options.killedAt?.then(() => child.kill('SIGKILL'))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ exit: code ?? -1, signal, stdout, stderr }))
  })
}

function says(text: string, words: string | RegExp): boolean {
  return typeof words === 'string' ? text.includes(words) : words.test(text)
}

const line = z.looseObject({ schema: z.string() })

/** The objects of a stream of JSON lines, each with its schema. */
export function jsonLines({ stdout }: Pick<Called, 'stdout'>): readonly z.infer<typeof line>[] {
  return stdout
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => line.parse(JSON.parse(text)))
}

/** What tests read of a status and of costs. */
export const statusJson = z.object({
  batches: z.array(z.object({ providerBatchId: z.string().nullable() })),
  money: z.object({
    spentMicroUsd: z.number(),
    savedMicroUsd: z.number(),
    capMicroUsd: z.number().nullable(),
    duplicateMicroUsd: z.number(),
  }),
  plan: z.object({ cost: z.object({ likelyMicroUsd: z.number(), atMostMicroUsd: z.number() }) }),
})
export const costsJson = z.object({
  rows: z.array(z.object({ spentMicroUsd: z.number() })),
  total: z.looseObject({ spentMicroUsd: z.number() }),
})

/** The one object that a call printed. */
export function readJson<Schema extends z.ZodType>(
  schema: Schema,
  { stdout }: Pick<Called, 'stdout'>,
): z.output<Schema> {
  return schema.parse(JSON.parse(stdout))
}
