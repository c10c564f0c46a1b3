import { closeSync, existsSync, fsyncSync, openSync, readSync, truncateSync, writeSync } from 'node:fs'
import { readLines } from '../batch/lines.ts'
import { privateFile } from '../disk.ts'
import { type JsonObject, isObject, parseJson } from '../json.ts'

/** An answer to a line of a batch, by the place of the line. */
export interface LoggedAnswer {
  readonly status: number
  readonly body: JsonObject
}

/** The answers of a batch on the disk, each there before it counts: what has one is not asked again. */
export interface AnswerLog extends Disposable {
  has(index: number): boolean
  read(index: number): LoggedAnswer | null
  add(index: number, answer: LoggedAnswer): void
}

/** The log of answers, opened, or resumed with what is there; the torn end of a process that was killed is cut off. */
export async function openAnswerLog(path: string): Promise<AnswerLog> {
  const places = new Map<number, { readonly at: number; readonly bytes: number }>()
  let size = 0
  if (existsSync(path))
    for await (const lines of readLines(path))
      for (const { text } of lines) {
        const entry = parseJson(text)
        const index = isObject(entry) ? entry['index'] : null
        if (typeof index !== 'number') break
        const bytes = Buffer.byteLength(text)
        places.set(index, { at: size, bytes })
        size += bytes + 1
      }
  const file = openSync(path, 'a+', privateFile)
  truncateSync(path, size)
  return {
    has: (index) => places.has(index),
    read(index) {
      const place = places.get(index)
      if (!place) return null
      const buffer = Buffer.allocUnsafe(place.bytes)
      readSync(file, buffer, 0, place.bytes, place.at)
      const { status, body }: LoggedAnswer = JSON.parse(buffer.toString('utf8'))
      return { status, body }
    },
    add(index, { status, body }) {
      const text = JSON.stringify({ index, status, body })
      const bytes = writeSync(file, `${text}\n`)
      fsyncSync(file)
      places.set(index, { at: size, bytes: bytes - 1 })
      size += bytes
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}
