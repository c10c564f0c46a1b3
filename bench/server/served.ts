import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'

/** Any text does: it is a key of the environment. */
export const benchKey = 'bench-key-of-this-machine'

export interface ServedProcess extends AsyncDisposable {
  readonly url: string
  /** Its resident memory now. */
  residentBytes(): number
}

/** Starts `offpeak serve` in a process of its own, without a worker; ended by `await using`. */
export async function startServed(directory: string): Promise<ServedProcess> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../bin/offpeak.js'), 'serve', '--port', '0', '--no-worker', '--json'],
    {
      cwd: directory,
      env: { ...process.env, OFFPEAK_API_KEY: benchKey },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  const ended = once(child, 'close')
  const [line]: readonly unknown[] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => {
      throw new Error(`offpeak serve ended with ${child.exitCode}`)
    }),
  ])
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(String(line)))
  return {
    url,
    residentBytes: () => residentOf(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
      process.off('exit', end)
    },
  }
}

/** From the kernel's table (proc(5)); 0 where there is none. */
function residentOf(pid: number): number {
  try {
    const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kib ?? 0) * 1024
  } catch {
    return 0
  }
}
