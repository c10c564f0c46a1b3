import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Ended {
  readonly signal: NodeJS.Signals | null
  readonly code: number | null
  readonly errors: string
}

export interface Worker {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

const compileCache = process.env['NODE_COMPILE_CACHE'] ?? join(tmpdir(), 'offpeak-crash-compile-cache')
const script = fileURLToPath(new URL('worker.ts', import.meta.url))

/** Starts a worker of the project in `dir`; `crashAt` tells where it ends itself, `lacks` a package that it has not. */
export function startWorker(
  dir: string,
  mode: 'run' | 'fleet' | 'cancel' | 'review',
  crashAt: string | null = null,
  lacks: string | null = null,
): Worker {
  const { PATH, HOME, TMPDIR } = process.env
  const without = lacks === null ? [] : ['--import', new URL('lacking.ts', import.meta.url).href]
  const child = spawn(process.execPath, [...without, script, dir, mode], {
    cwd: dir,
    // Most of a worker's short life is its start.
    env: {
      PATH,
      HOME,
      TMPDIR,
      NODE_COMPILE_CACHE: compileCache,
      ...(crashAt === null ? {} : { OFFPEAK_CRASH: crashAt }),
      ...(lacks === null ? {} : { OFFPEAK_TEST_LACKS: lacks }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const { promise, resolve } = Promise.withResolvers<Ended>()
  child.on('close', (code, signal) => resolve({ code, signal, errors }))
  return { child, ended: promise }
}
