import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'
import type { Figure, How } from './figure.ts'
import type { Measure } from './measures.ts'

const figures = z.object({
  figures: z.array(
    z.object({
      row: z.number(),
      figure: z.string(),
      target: z.string(),
      measured: z.string(),
      seed: z.string(),
      standing: z.enum(['met', 'few', 'missed']),
    }),
  ),
})

/**
 * The figures of one measure, taken in a process of its own: what it leaves behind, in its environment or its memory, is
 * gone with it. Throws when it fails, or is not done in its time.
 */
export async function taken(
  name: string,
  { quickMinutes, fullMinutes }: Measure,
  how: How,
): Promise<readonly Figure[]> {
  const minutes = how.size === 'full' ? fullMinutes : quickMinutes
  const script = new URL('one.ts', import.meta.url).pathname
  const child = spawn(
    process.execPath,
    ['--expose-gc', '-C', 'offpeak-source', script, name, how.size, String(how.seed)],
    // A group of its own, so that what it has started ends with it.
    { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
  )
  const end = (): void => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
  let isLate = false
  const limit = setTimeout(() => {
    isLate = true
    end()
  }, minutes * 60_000)
  process.once('exit', end)
  const pieces: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
  const [code]: readonly unknown[] = await once(child, 'close')
  clearTimeout(limit)
  process.removeListener('exit', end)
  if (isLate) throw new Error(`it was not done after ${minutes} minutes`)
  if (code !== 0) throw new Error(`it ended with ${String(code)}`)
  const last = Buffer.concat(pieces).toString().trimEnd().split('\n').at(-1) ?? ''
  return figures.parse(JSON.parse(last)).figures
}
