import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { launcher, withoutKeys } from '../cli/child.ts'

/** A command of the CLI that goes on in a process of its own. */
export interface Going extends AsyncDisposable {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** Waits until stderr, or stdout, has the words; throws when the process ends without them. */
  readonly says: (words: string) => Promise<void>
  readonly ended: Promise<{ readonly exit: number | null; readonly signal: NodeJS.Signals | null }>
  readonly isOver: () => boolean
}

export function going(
  cwd: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Going {
  const child = spawn(process.execPath, [launcher, ...argv], {
    cwd,
    env: withoutKeys(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close').then(() => ({ exit: child.exitCode, signal: child.signalCode }))
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    async says(words) {
      while (!stderr.includes(words) && !stdout.includes(words)) {
        if (isOver()) throw new Error(`${argv.join(' ')} ended without “${words}”: ${stderr}${stdout}`)
        await Promise.race([once(child.stderr, 'data'), once(child.stdout, 'data'), ended])
      }
    },
    ended,
    isOver,
    async [Symbol.asyncDispose]() {
      if (!isOver()) child.kill('SIGKILL')
      await ended
    },
  }
}
