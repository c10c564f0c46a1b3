import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { type Measurement, readMeasurement } from './measure.ts'

export interface ScriptOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly nodeFlags?: readonly string[]
  /** Where a CPU profile of the process goes. */
  readonly profileDir?: string | null
}

/** Runs one script of this folder in a process of its own and returns what it measured of itself. */
export async function runScript(
  script: string,
  args: readonly string[],
  options: ScriptOptions,
): Promise<Measurement> {
  const profile = options.profileDir ? ['--cpu-prof', `--cpu-prof-dir=${options.profileDir}`] : []
  const text = await capture(
    process.execPath,
    [...(options.nodeFlags ?? []), ...profile, join(import.meta.dirname, script), ...args],
    options,
  )
  return readMeasurement(text.trimEnd().split('\n').at(-1) ?? '')
}

/** What a program prints to stdout; throws with what it said when it fails. */
export async function capture(
  program: string,
  args: readonly string[],
  { cwd, env }: ScriptOptions,
): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = stopWith(() => child.kill('SIGKILL'))
  const pieces: Buffer[] = []
  const words: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
  child.stderr.on('data', (piece: Buffer) => words.push(piece))
  await once(child, 'close')
  stop()
  if (child.exitCode === 0) return Buffer.concat(pieces).toString()
  throw new Error(
    `${[program, ...args].join(' ')} ended with ${child.exitCode ?? child.signalCode}\n${Buffer.concat(words).toString()}`,
  )
}

/** Starts the stand-in provider; ended by `await using`. */
export async function startProvider(
  task: string,
  directory: string,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'provider.ts'), task, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const stop = stopWith(() => child.kill('SIGKILL'))
  const ended = once(child, 'close')
  const lines = createInterface({ input: child.stdout })
  const [line]: readonly unknown[] = await once(lines, 'line')
  return {
    url: z.object({ url: z.string() }).parse(JSON.parse(String(line))).url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
      stop()
    },
  }
}

/** Ends a child with this process, however that is stopped; returns how to leave it at that. */
function stopWith(end: () => void): () => void {
  process.once('exit', end)
  return () => void process.off('exit', end)
}
