import { join } from 'node:path'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Flow } from '../flow.ts'
import { readBytes, readSlice, requestFile, rowsFile } from '../files/durable-file.ts'
import { readAttached } from '../files/attached-file.ts'
import { bodyOfLine, withoutFiles } from '../files/body.ts'

/**
 * Pieces of a record in the files of a run; null where retention has removed them: the rest of a record is still worth
 * showing.
 */
export class StoredPieces {
  readonly #filesDir: string
  readonly #provider: Pick<Provider, 'line'> | null

  private constructor(filesDir: string, provider: Pick<Provider, 'line'> | null) {
    this.#filesDir = filesDir
    this.#provider = provider
  }

  /** Without the job file, nobody knows what a line means. */
  static async of(flow: Flow, run: Pick<RunRow, 'job'>): Promise<StoredPieces> {
    const job = await flow.job(run.job)
    return new StoredPieces(flow.filesDir, job === null ? null : await flow.reader(job))
  }

  /** The body that was sent, with name and size instead of attached files. */
  async body({ fileTag, fileOffset, fileLength, line }: RequestRow): Promise<unknown> {
    if (fileTag === null || fileOffset === null || fileLength === null || line === null) return null
    try {
      const bytes = await readBytes(requestFile(this.#filesDir, fileTag), fileOffset, fileLength)
      const body = bodyOfLine(bytes)
      return body === null ? null : withoutFiles(body, readAttached(this.#filesDir, fileTag).get(line) ?? [])
    } catch {
      return null
    }
  }

  /** The row that was asked about. */
  row({ fileTag, rowOffset, rowLength }: RequestRow): Promise<unknown> {
    return json(fileTag === null ? null : rowsFile(this.#filesDir, fileTag), rowOffset, rowLength)
  }

  /** The raw line that came back. */
  line({
    answerFile,
    answerOffset,
    answerLength,
  }: Pick<RequestRow, 'answerFile' | 'answerOffset' | 'answerLength'>): Promise<unknown> {
    return json(answerFile === null ? null : join(this.#filesDir, answerFile), answerOffset, answerLength)
  }

  /** What the model wrote in a line. */
  text(line: unknown): string | null {
    const answer = line === null ? null : (this.#provider?.line(line)?.answer ?? null)
    if (answer?.kind === 'vector') return vectorText(answer.vector)
    return answer?.kind === 'text' ? answer.text : null
  }
}

/** A vector says nothing to a reader; its length and first numbers tell that it is one. */
export function vectorText(vector: readonly number[]): string {
  const first = vector.slice(0, 3).map((number) => number.toFixed(4))
  return `${vector.length} numbers: ${first.join(', ')}${vector.length > 3 ? ', …' : ''}`
}

async function json(path: string | null, offset: number | null, length: number | null): Promise<unknown> {
  if (path === null || offset === null || length === null) return null
  try {
    return JSON.parse(await readSlice(path, offset, length)) as unknown
  } catch {
    return null
  }
}
