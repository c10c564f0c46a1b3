import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { z } from 'zod'

export const launcher = join(import.meta.dirname, '../../bin/offpeak.js')

/** The environment of this process without anybody's keys and ways out, and as if no package manager ran it. */
export function withoutKeys(
  extra: Readonly<Record<string, string>> = {},
): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/OPENAI|AZURE|DATABASE_URL|SUPABASE|^OFFPEAK_|COLOR|^CI$|GITHUB|_PROXY$|^NODE_EXTRA_CA/i.test(name) &&
      !/^npm_(command|lifecycle|config_user_agent)/.test(name),
  )
  return { ...Object.fromEntries(kept), ...extra }
}

interface Ended {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command that goes on until it is told to end. */
export interface Served extends AsyncDisposable {
  readonly child: ChildProcess
  /** The first line of stdout, which is JSON. */
  readonly first: Readonly<Record<string, unknown>>
  /** The exit code, when it ends by itself. */
  readonly ended: Promise<Ended>
  /** Sends a signal and waits for the exit code. */
  readonly end: (signal: NodeJS.Signals) => Promise<Ended>
}

/** Starts the CLI as a process of its own and waits for its first line. */
export async function serve(
  cwd: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const child = spawn(process.execPath, [launcher, ...argv], {
    cwd,
    env: withoutKeys(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const exited = once(child, 'exit')
  const ended = once(child, 'close').then(() => ({ exit: child.exitCode, stdout, stderr }))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      if (stdout.includes('\n')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${stderr}`)))
  })
  return {
    child,
    first: z.record(z.string(), z.unknown()).parse(JSON.parse(stdout.slice(0, stdout.indexOf('\n')))),
    ended,
    end(signal) {
      child.kill(signal)
      return ended
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
    },
  }
}

/** Runs the CLI as a process of its own to its end. */
export async function runCli(
  cwd: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly exit: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [launcher, ...argv], {
    cwd,
    env: withoutKeys(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  await once(child, 'close')
  return { exit: child.exitCode, stdout, stderr }
}
