import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Answer } from '../../domain/request.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { Judge } from '../answers/judge.ts'
import type { Override } from '../answers/override.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { specOf } from '../spec.ts'
import { diskError } from '../../domain/disk-fault.ts'

/** The output of a stored answer, by the job as it is now. */
export interface ReadResult {
  readonly output: unknown
  readonly text: string | null
  /** Why a record that is merged has no output now: the job has changed since. */
  readonly problem: string | null
}

const maxOpenFiles = 32

/** A reader of stored answers that keeps their files open. */
export class AnswerReader {
  readonly #filesDir: string
  readonly #job: PreparedJob
  readonly #judge: Judge
  readonly #files = new Map<string, FileHandle>()

  constructor(flow: Flow, run: RunRow, job: PreparedJob) {
    this.#filesDir = flow.filesDir
    this.#job = job
    this.#judge = new Judge({
      job,
      spec: specOf(run),
      runId: run.id,
      filesDir: flow.filesDir,
    })
  }

  async read(request: RequestRow, first: RequestRow, override: Override | null): Promise<ReadResult> {
    const answer = await this.#answer(first)
    const text = answer?.kind === 'text' ? answer.text : null
    if (!answer) return { output: null, text, problem: null }
    const read = await this.#judge.read(request, answer, override)
    if (read.accepted) return { output: read.accepted.output, text, problem: null }
    const problem =
      request.outcome === 'merged' ? `the job does not take this answer any more: ${read.reason}` : null
    return { output: null, text, problem }
  }

  async #answer({ answerFile, answerOffset, answerLength }: RequestRow): Promise<Answer | null> {
    if (answerFile === null || answerOffset === null || answerLength === null) return null
    const path = join(this.#filesDir, answerFile)
    try {
      const buffer = Buffer.allocUnsafe(answerLength)
      const { bytesRead } = await (await this.#open(path)).read(buffer, 0, answerLength, answerOffset)
      if (bytesRead !== answerLength) throw new Error(`it ends after ${answerOffset + bytesRead} bytes`)
      return this.#job.provider.line(JSON.parse(buffer.toString('utf8')))?.answer ?? null
    } catch (thrown) {
      throw diskError('a stored answer cannot be read', thrown, {
        where: path,
      })
    }
  }

  async #open(path: string): Promise<FileHandle> {
    const known = this.#files.get(path)
    if (known) return known
    const [oldest] = this.#files
    if (oldest && this.#files.size >= maxOpenFiles) {
      this.#files.delete(oldest[0])
      await oldest[1].close()
    }
    const handle = await open(path, 'r')
    this.#files.set(path, handle)
    return handle
  }

  async close(): Promise<void> {
    this.#judge[Symbol.dispose]()
    for (const handle of this.#files.values()) await handle.close()
  }
}
