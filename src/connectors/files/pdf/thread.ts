import { Worker } from 'node:worker_threads'
import type { PageFacts } from '../../../domain/pages.ts'
import type { Problem } from './document.ts'

/** Bytes to be parsed: to count their pages, to find what these show too, or to cut some of them out. */
export interface PdfTask {
  readonly bytes: Uint8Array
  readonly wanted: 'count' | 'facts' | { readonly pages: readonly [number, number] }
}

export type PdfAnswer =
  | { readonly pageCount: number; readonly facts: PageFacts | null }
  | { readonly bytes: Uint8Array; readonly facts: PageFacts }
  | { readonly peerMissing: true }
  | Problem

/** Bounds of time and memory for one file. */
export interface PdfBounds {
  readonly maxMs: number
  readonly maxMemoryBytes: number
}

const usualBounds: PdfBounds = { maxMs: 60_000, maxMemoryBytes: 1024 * 1024 * 1024 }
const lookEveryMs = 100
const mebibyte = 1024 * 1024

/**
 * A parser of files in a thread of its own, which is ended when a file takes too long or too much. What keeps the
 * thread from running at all is thrown.
 */
export function pdfThread({ maxMs, maxMemoryBytes }: PdfBounds = usualBounds): {
  readonly ask: (task: PdfTask) => Promise<PdfAnswer>
} {
  let worker: Worker | null = null
  let last: Promise<unknown> = Promise.resolve()

  const started = (): Worker => {
    // Compiled and as it is, the file beside this one has the same ending.
    const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
    const maxOldGenerationSizeMb = Math.ceil(maxMemoryBytes / mebibyte)
    if (worker !== null) return worker
    worker = new Worker(new URL(file, import.meta.url), { resourceLimits: { maxOldGenerationSizeMb } })
    // One that is being ended may still fail, and nobody waits for it any more.
    worker.on('error', () => undefined)
    return worker
  }

  async function answer({ bytes, wanted }: PdfTask): Promise<PdfAnswer> {
    const thread = started()
    // While nothing is asked, the thread keeps no process from ending.
    thread.ref()
    const { promise, resolve, reject } = Promise.withResolvers<PdfAnswer>()
    const isKnown = (answer: PdfAnswer): void => resolve(answer)
    const hasFailed = (thrown: unknown): void => {
      const isFull = thrown instanceof Error && Reflect.get(thrown, 'code') === 'ERR_WORKER_OUT_OF_MEMORY'
      if (isFull) return give(tooLarge(maxMemoryBytes))
      if (worker === thread) worker = null
      reject(thrown)
    }
    const give = (problem: Problem): void => {
      if (worker === thread) worker = null
      resolve(problem)
    }
    const look = async (): Promise<void> => {
      const { used_heap_size: heap, external_memory: outside } = await thread.getHeapStatistics()
      if (heap + outside > maxMemoryBytes) give(tooLarge(maxMemoryBytes))
    }
    const looking = setInterval(() => void look().catch(() => null), lookEveryMs)
    const limit = setTimeout(() => give({ problem: `takes longer than ${maxMs / 1_000} s to read` }), maxMs)
    thread.on('message', isKnown).on('error', hasFailed)
    try {
      const copy = new Uint8Array(bytes)
      thread.postMessage({ bytes: copy, wanted }, [copy.buffer])
      return await promise
    } finally {
      clearInterval(looking)
      clearTimeout(limit)
      thread.off('message', isKnown).off('error', hasFailed)
      if (worker === thread) thread.unref()
      else await thread.terminate()
    }
  }

  return {
    ask(task) {
      const asked = last.then(() => answer(task))
      last = asked.catch(() => null)
      return asked
    },
  }
}

function tooLarge(maxMemoryBytes: number): Problem {
  return { problem: `takes more than ${Math.round(maxMemoryBytes / mebibyte)} MB of memory to read` }
}
