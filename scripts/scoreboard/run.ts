import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { z } from 'zod'

export interface Ran {
  /** It ended with 0. */
  readonly isGood: boolean
  /** What it printed, without colours. */
  readonly output: string
}

const colours = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, 'g')

/** Runs a program of this project, whose first argument is its file, to its end. */
export async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  process.stderr.write(`… ${args.join(' ')}\n`)
  const child = spawn(process.execPath, ['-C', 'offpeak-source', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const pieces: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
  const [code]: readonly unknown[] = await once(child, 'close')
  return { isGood: code === 0, output: Buffer.concat(pieces).toString().replaceAll(colours, '') }
}

export function runTests(files: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return run(['node_modules/vitest/vitest.mjs', 'run', ...files, '--reporter=default'], env)
}

/** The line of JSON that a program prints about itself. Throws when there is none: then nothing was measured. */
export function printed<Value>({ output }: Ran, schema: z.ZodType<Value>): Value {
  for (const line of output.split('\n')) {
    if (!line.trimStart().startsWith('{')) continue
    const parsed = schema.safeParse(parsedOf(line))
    if (parsed.success) return parsed.data
  }
  throw new Error(`it printed no figures, and at last:\n${output.slice(-2_000)}`)
}

function parsedOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** How many tests passed, by the summary of the runner. Throws where some were skipped: they measured nothing. */
export function passed({ output }: Ran): number {
  const summary = /^ +Tests +(.*)$/m.exec(output)?.[1] ?? ''
  const count = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(summary)?.[1] ?? 0)
  if (count('passed') + count('failed') === 0) throw new Error(`no test ran:\n${output.slice(-2_000)}`)
  if (count('skipped') > 0) throw new Error(`${count('skipped')} tests need what is not on this machine`)
  return count('passed')
}
