import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import { lineShape } from '../../planning/text/line-shape.ts'
import { parseJson } from '../../planning/text/parse-json.ts'
import type { Wire } from '../../ports/provider/wire.ts'
import { readBytes } from '../files/durable-file.ts'
import { lineGroups } from '../files/file-lines.ts'

/** Where the answer with a foreign id lies. */
export interface ForeignAnswer {
  readonly id: string
  readonly path: string
  readonly offset: number
  readonly length: number
}

/** The answers of output and error files that somebody else's requests were given. */
export interface ForeignAnswers {
  readonly byId: ReadonlyMap<string, ForeignAnswer>
  /** The files, each with a digest of what is in it. */
  readonly digests: ReadonlyMap<string, string>
  /** Lines that are no answers, and ids that came a second time. */
  readonly unusable: number
  /** The first lines that are no answers, each with why. */
  readonly problems: readonly LineProblem[]
}

export interface LineProblem {
  readonly path: string
  /** Counted from 1. */
  readonly line: number
  readonly reason: string
}

/** More are counted, and not told one by one. */
const maxProblems = 20

interface Found extends ForeignAnswer {
  readonly isSuccess: boolean
}

/**
 * Answers in files of results as the service of `wire` writes them, by their ids. Of several with one id a success is
 * taken rather than an error, and of those the first. A line that is not UTF-8 is no answer. Throws E_DISK for a file that
 * cannot be read.
 */
export async function indexAnswers(
  paths: readonly string[],
  wire: Pick<Wire, 'line'>,
): Promise<ForeignAnswers> {
  const byId = new Map<string, Found>()
  const problems: LineProblem[] = []
  const digests = new Map<string, string>()
  let unusable = 0
  for (const path of paths) {
    try {
      digests.set(path, await digestOf(path))
      for await (const lines of lineGroups(path)) {
        for (const { bytes, offset, length, number, tooLong } of lines) {
          if (length === 0) continue
          const read = tooLong ? 'it is longer than 64 MiB' : readLine(bytes, wire)
          if (typeof read === 'string') {
            unusable += 1
            if (problems.length < maxProblems) problems.push({ path, line: number, reason: read })
            continue
          }
          const before = byId.get(read.id)
          if (before) unusable += 1
          if (!before || (read.isSuccess && !before.isSuccess))
            byId.set(read.id, { id: read.id, path, offset, length, isSuccess: read.isSuccess })
        }
      }
    } catch (thrown) {
      throw new OffpeakError('E_DISK', 'a file of answers cannot be read', { where: path, cause: thrown })
    }
  }
  return { byId, digests, unusable, problems }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of createReadStream(path)) hash.update(bytes)
  return hash.digest('base64url')
}

/** The line of an answer with an id of ours in the place of the one that it came with. */
export async function answerLine(
  { id, path, offset, length }: ForeignAnswer,
  customId: string,
): Promise<string> {
  const line = Object(parseJson(utf8.decode(await readBytes(path, offset, length))))
  const members = Object.entries(line).map(([name, value]) => [name, value === id ? customId : value])
  return JSON.stringify(Object.fromEntries(members))
}

/** Leaves out a byte order mark, and throws for bytes that are no UTF-8 instead of putting others in their place. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** The id of a line and whether it holds a success, or why it is no answer. */
function readLine(
  bytes: Buffer,
  wire: Pick<Wire, 'line'>,
): { readonly id: string; readonly isSuccess: boolean } | string {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return 'it is not valid UTF-8'
  }
  try {
    const value = parseJson(text)
    const read = wire.line(value)
    if (read === null) return `it is ${lineShape(value)}, which is no line of results of the job’s provider`
    const { customId: id, answer } = read
    if (id === null) return 'it has no id'
    // There one of ours takes its place.
    if (!Object.values(Object(value)).includes(id)) return 'its id stands too deep within it'
    return { id, isSuccess: answer.kind !== 'error' }
  } catch (thrown) {
    return thrown instanceof SyntaxError ? 'it is not JSON' : messageOf(thrown)
  }
}
