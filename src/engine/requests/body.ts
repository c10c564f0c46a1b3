import { Buffer } from 'node:buffer'
import { OffpeakError } from '../../domain/errors.ts'
import { type FilePart, isEmbedding, type ModelRequest } from '../../domain/request.ts'
import { attachedTokens, mostAttachedBytes } from '../../planning/attached-tokens.ts'
import { filesOf, withData } from '../../planning/content.ts'
import type { Attachments, LoadedFile } from '../../ports/attachments.ts'

/** A request body as JSON text, and where in it the content of files belongs. */
export interface RequestBody {
  readonly text: string
  readonly files: readonly { readonly at: number; readonly part: FilePart }[]
}

/** A file's content inside the bytes of a body, from the body's first byte on. */
export interface AttachedSpan {
  readonly at: number
  readonly length: number
  /** The most input tokens it counts as. */
  readonly tokens: number
  /** What people are shown in its place. */
  readonly words: string
}

/** A body whose files were read. */
export interface LoadedBody {
  readonly body: RequestBody
  readonly files: readonly LoadedFile[]
  readonly byteLength: number
}

const manySalts = 1_000

/** Makes the body of a request without reading its files. `toText` is the JSON of the provider's own body. */
export function bodyOf(request: ModelRequest, toText: (request: ModelRequest) => string): RequestBody {
  if (isEmbedding(request)) return { text: toText(request), files: [] }
  const parts = filesOf(request)
  if (parts.length === 0) return { text: toText(request), files: [] }
  for (let salt = 0; salt < manySalts; salt++) {
    const mark = `offpeak-file:${salt}:`
    const pieces = toText(withData(request, (index) => `${mark}${index};`)).split(mark)
    // A prompt that holds the mark itself gives too many pieces; another mark is taken then.
    if (pieces.length !== parts.length + 1) continue
    const files: { at: number; part: FilePart }[] = []
    let text = pieces[0] ?? ''
    for (const piece of pieces.slice(1)) {
      const end = piece.indexOf(';')
      const part = parts[Number(piece.slice(0, end))]
      if (part) files.push({ at: text.length, part })
      text += piece.slice(end + 1)
    }
    return { text, files }
  }
  throw new OffpeakError('E_BUG', 'the files of a request have no place in its body')
}

/** Reads the files of a body. */
export async function loadBody(
  body: RequestBody,
  attachments: Attachments,
): Promise<LoadedBody | { readonly problem: string }> {
  const files: LoadedFile[] = []
  let byteLength = Buffer.byteLength(body.text)
  let left = mostAttachedBytes
  for (const { part } of body.files) {
    const loaded = await attachments.load(part, left)
    if (loaded.problem !== undefined) return { problem: loaded.problem }
    files.push(loaded)
    left -= loaded.bytes.length
    byteLength += base64Length(loaded.bytes.length)
  }
  return { body, files, byteLength }
}

function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3)
}

/** Encoded so many at once: whole groups of three, so that no padding comes in between, and little memory. */
const sliceBytes = 3 * 256 * 1024

/** Writes a body into a buffer that has room for it, and tells where its files lie. */
export function writeBody(
  { body, files }: LoadedBody,
  model: string,
  buffer: Buffer,
  start: number,
): { readonly length: number; readonly spans: readonly AttachedSpan[] } {
  const spans: AttachedSpan[] = []
  let at = start
  let textAt = 0
  for (const [index, place] of body.files.entries()) {
    const file = files[index]
    if (!file) continue
    at += buffer.write(body.text.slice(textAt, place.at), at)
    textAt = place.at
    const spanAt = at
    for (let from = 0; from < file.bytes.length; from += sliceBytes) {
      const slice = file.bytes.subarray(from, from + sliceBytes)
      at += buffer.write(base64Of(slice), at, 'latin1')
    }
    spans.push({
      at: spanAt - start,
      length: at - spanAt,
      tokens: attachedTokens(place.part, file.pageCount, model),
      words: wordsOf(place.part, file),
    })
  }
  at += buffer.write(body.text.slice(textAt), at)
  return { length: at - start, spans }
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function wordsOf({ filename, pages, pageCount }: FilePart, file: LoadedFile): string {
  const count = file.pageCount ?? pageCount
  const shown = pages
    ? [`pages ${pages[0]}-${pages[1]}`]
    : count === null
      ? []
      : [`${count} ${count === 1 ? 'page' : 'pages'}`]
  return [filename, ...shown, `${file.bytes.length.toLocaleString('en-US')} bytes`].join(', ')
}

const bodyStart = Buffer.from('"body":')

/** The body in a line of a request file; null for what is no such line. */
export function bodyOfLine(line: Buffer): Buffer | null {
  const start = line.indexOf(bodyStart)
  return start === -1 ? null : line.subarray(start + bodyStart.length, line.lastIndexOf('}'))
}

/** The JSON value of a body with words instead of its files. */
export function withoutFiles(body: Buffer, spans: readonly AttachedSpan[]): unknown {
  let text = ''
  let from = 0
  for (const { at, length, words } of spans) {
    text += body.toString('utf8', from, at) + JSON.stringify(`[${words}]`).slice(1, -1)
    from = at + length
  }
  return JSON.parse(text + body.toString('utf8', from)) as unknown
}

/** What the files of a body count as, and how many of its bytes they are. */
export function sumSpans(spans: readonly AttachedSpan[]): {
  readonly bytes: number
  readonly tokens: number
} {
  return spans.reduce(
    (sum, { length, tokens }) => ({ bytes: sum.bytes + length, tokens: sum.tokens + tokens }),
    { bytes: 0, tokens: 0 },
  )
}

/** The request with the content of its files as base64, for a call that is made at once. */
export async function loadRequest(
  request: ModelRequest,
  attachments: Attachments,
): Promise<ModelRequest | { readonly problem: string }> {
  if (isEmbedding(request)) return request
  const parts = filesOf(request)
  if (parts.length === 0) return request
  const data: string[] = []
  let left = mostAttachedBytes
  for (const part of parts) {
    const loaded = await attachments.load(part, left)
    if (loaded.problem !== undefined) return { problem: loaded.problem }
    data.push(base64Of(loaded.bytes))
    left -= loaded.bytes.length
  }
  return withData(request, (index) => data[index] ?? '')
}
