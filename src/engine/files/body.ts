import { Buffer } from 'node:buffer'
import { OffpeakError } from '../../domain/errors.ts'
import {
  slotsOf,
  withSlots,
  filesOf,
  withData,
  type FilePart,
  isEmbedding,
  type ModelRequest,
} from '../../domain/request.ts'
import type { RequestLimits } from '../../domain/limits.ts'
import type { InputUnit } from '../../domain/token-rule.ts'
import { attachedTokens, mostAttachedBytes } from '../../planning/images/attached-tokens.ts'
import { imageRefusal } from '../../planning/images/image-tokens.ts'
import { illFormed, mostJsonTextBytes, writeJsonText } from '../../planning/text/json-text.ts'
import type { Attachments, LoadedFile } from '../../ports/attachments.ts'

/** A value between two pieces of a frame: a text, the bytes of one as they are in JSON, or a file still to be read. */
export type Filling = string | Uint8Array | FilePart

/** A request body in the making: the JSON that is alike for many requests, and what goes between its pieces. */
export interface RequestBody {
  readonly frame: Frame
  /** In the order of the request, whatever the order of the body. */
  readonly fillings: readonly Filling[]
  readonly files: readonly FilePart[]
  /** Who says how much, and how files are named: what its fillings do not tell. */
  readonly shape: string
}

/** The JSON that is alike for many requests: `pieces` around holes, the hole `i` being for the filling `order[i]`. */
export interface Frame {
  /** One piece more than there are holes. */
  readonly pieces: readonly Uint8Array[]
  readonly order: readonly number[]
}

const manySalts = 1_000
/** Conversations of more shapes than that have their frames made for each. */
const maxFrames = 64
/** Longer texts are not kept for the case that they come again. */
const maxKeptCharacters = 65_536

/**
 * A maker of request bodies for one job, which differ in their messages alone; it does not read their files. `toText`
 * is the JSON of the provider's own body: it is made once for each shape of conversation, and texts that come again are
 * encoded once.
 */
export function bodyMaker(toText: (request: ModelRequest) => string): (request: ModelRequest) => RequestBody {
  const frames = new Map<string, Frame>()
  const before: { readonly text: string; bytes: Uint8Array | null }[] = []
  const frameOf = (request: ModelRequest): Frame => {
    const shape = shapeOf(request)
    const known = shape === null ? undefined : frames.get(shape)
    if (known) return known
    const made = makeFrame(request, toText)
    if (shape !== null && frames.size < maxFrames) frames.set(shape, made)
    return made
  }
  const fillingOf = (filling: string | FilePart, index: number): Filling => {
    if (typeof filling !== 'string' || filling.length > maxKeptCharacters) return filling
    const last = before[index]
    if (last?.text === filling) return (last.bytes ??= encoded(filling)) ?? filling
    before[index] = { text: filling, bytes: null }
    return filling
  }
  return (request) => {
    const slots = slotsOf(request)
    return {
      frame: frameOf(request),
      fillings: slots.map(fillingOf),
      files: slots.filter((slot) => typeof slot !== 'string'),
      shape: wholeShape(request),
    }
  }
}

/** What decides the frame of a job's request; null: the names of files do, too. */
function shapeOf(request: ModelRequest): string | null {
  if (isEmbedding(request)) return ''
  let shape = ''
  for (const { role, content } of request.messages) {
    if (typeof content === 'string') shape += `${role};`
    else if (content.some(({ kind }) => kind === 'file')) return null
    else shape += `${role}:${content.length};`
  }
  return shape
}

/** The same with what is told of files. */
function wholeShape(request: ModelRequest): string {
  if (isEmbedding(request)) return ''
  let shape = ''
  for (const { role, content } of request.messages) {
    shape += `${role}:`
    if (typeof content === 'string') shape += ';'
    else for (const part of content) shape += part.kind === 'text' ? 'text;' : `${fileShape(part)};`
  }
  return shape
}

function fileShape({ filename, mediaType, pages, detail }: FilePart): string {
  return JSON.stringify([filename, mediaType, pages, detail])
}

/** Each text and file is given a number, and where that comes to lie in the body is where its content goes. */
function makeFrame(request: ModelRequest, toText: (request: ModelRequest) => string): Frame {
  const count = slotsOf(request).length
  for (let salt = 0; salt < manySalts; salt++) {
    const mark = `offpeak-slot:${salt}:`
    const pieces = toText(withSlots(request, (index) => `${mark}${index};`)).split(
      new RegExp(`${mark}(\\d+);`),
    )
    const order = pieces.filter((_, at) => at % 2 === 1).map(Number)
    // A frame that holds the mark itself gives too many pieces; another mark is taken then.
    if (order.length !== count) continue
    if (new Set(order).size !== count)
      throw new OffpeakError(
        'E_BUG',
        'a text or file of a request stands twice in its body, and another nowhere',
      )
    return { pieces: pieces.filter((_, at) => at % 2 === 0).map((piece) => Buffer.from(piece)), order }
  }
  throw new OffpeakError('E_BUG', 'the texts and files of a request have no place in its body')
}

/** Null for what is no text; whoever writes the body tells why. */
function encoded(text: string): Uint8Array | null {
  const buffer = Buffer.allocUnsafe(mostJsonTextBytes(text))
  const end = writeJsonText(text, buffer, 0)
  // Copied, so that the room which was not needed is not kept.
  return end === illFormed ? null : Uint8Array.from(buffer.subarray(0, end))
}

/** A file's content inside the bytes of a body, from the body's first byte on. */
export interface AttachedSpan {
  readonly at: number
  readonly length: number
  /** The most input tokens it counts as. */
  readonly tokens: number
  /** How many it is likely to have. */
  readonly likelyTokens: number
  /** What people are shown in its place. */
  readonly words: string
}

/** A body whose files were read. */
export interface LoadedBody {
  readonly body: RequestBody
  readonly files: readonly LoadedFile[]
  /** So many bytes it takes at most. */
  readonly mostBytes: number
}

/** A body without files as a loaded one. */
export function loadedAlready(body: RequestBody): LoadedBody {
  return { body, files: [], mostBytes: mostBytesWithoutFiles(body) }
}

/** A body with its files, read. */
export async function loadBody(
  body: RequestBody,
  attachments: Attachments,
): Promise<LoadedBody | { readonly problem: string }> {
  const files = await loadFiles(body.files, attachments)
  if ('problem' in files) return files
  const bytesOfFiles = files.reduce((sum, { bytes }) => sum + base64Length(bytes.length), 0)
  return { body, files, mostBytes: mostBytesWithoutFiles(body) + bytesOfFiles }
}

async function loadFiles(
  parts: readonly FilePart[],
  attachments: Attachments,
): Promise<readonly LoadedFile[] | { readonly problem: string }> {
  const files: LoadedFile[] = []
  let left = mostAttachedBytes
  for (const part of parts) {
    const loaded = await attachments.load(part, left)
    if (loaded.problem !== undefined) return { problem: loaded.problem }
    files.push(loaded)
    left -= loaded.bytes.length
  }
  return files
}

function mostBytesWithoutFiles({ frame, fillings }: RequestBody): number {
  let bytes = 0
  for (const piece of frame.pieces) bytes += piece.length
  for (const filling of fillings) {
    if (typeof filling === 'string') bytes += mostJsonTextBytes(filling)
    else if (filling instanceof Uint8Array) bytes += filling.length
  }
  return bytes
}

function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3)
}

/** Encoded so many at once: whole groups of three, so that no padding comes in between, and little memory. */
const sliceBytes = 3 * 256 * 1024
const noSpans: readonly AttachedSpan[] = []

const halfPair = { problem: 'the prompt holds half of a surrogate pair, which is not text' }

/** For whom a body is written. */
export interface Reader {
  readonly model: string
  readonly unit: InputUnit
  /** Null: it names none. */
  readonly limits: RequestLimits | null
}

/** A body as it stands in a buffer. */
export interface WrittenBody {
  readonly length: number
  readonly spans: readonly AttachedSpan[]
  /** What it says itself: its shape, then its texts and files where they lie in the buffer. */
  readonly own: readonly (string | Uint8Array)[]
}

/**
 * A body written into a buffer that has room for it, with the places of its files; or the reason why it cannot be
 * written.
 */
export function writeBody(
  { body, files }: LoadedBody,
  reader: Reader,
  buffer: Buffer,
  start: number,
): WrittenBody | { readonly problem: string } {
  const { frame, fillings, shape } = body
  const spans: AttachedSpan[] = []
  const own: (string | Uint8Array)[] = [shape]
  const fileOf = files.length === 0 ? null : filePlaces(fillings)
  let at = start
  for (let hole = 0; hole < frame.pieces.length; hole += 1) {
    const piece = frame.pieces[hole]
    const index = frame.order[hole] ?? -1
    const filling = fillings[index]
    if (piece) at = copy(piece, buffer, at)
    if (filling === undefined) continue
    const from = at
    if (typeof filling === 'string') {
      at = writeJsonText(filling, buffer, at)
      if (at === illFormed) return halfPair
    } else if (filling instanceof Uint8Array) at = copy(filling, buffer, at)
    else {
      const file = files[fileOf?.[index] ?? -1]
      if (!file) continue
      const refusal = file.image ? imageRefusal(reader.model, filling.detail, file.image) : null
      if (refusal !== null) return { problem: `${filling.path} ${refusal}` }
      const spanAt = at
      at = writeBase64(file.bytes, buffer, at)
      const { likely, most } = attachedTokens(filling, file, reader.model, reader.unit)
      spans.push({
        at: spanAt - start,
        length: at - spanAt,
        tokens: most,
        likelyTokens: likely,
        words: wordsOf(filling, file),
      })
    }
    // In the order of the request: what it means is the same in every order of its body.
    own[index + 1] = buffer.subarray(from, at)
  }
  const length = at - start
  const excess = reader.limits === null || files.length === 0 ? null : tooMuch(length, files, reader.limits)
  if (excess !== null) return { problem: excess }
  return { length, spans: spans.length === 0 ? noSpans : spans, own }
}

/** Why a request with files is more than its service takes; null: it is not. */
function tooMuch(
  bytes: number,
  files: readonly LoadedFile[],
  { maxBytes, maxPages }: RequestLimits,
): string | null {
  const pages = files.reduce((sum, { pageCount }) => sum + (pageCount ?? 0), 0)
  if (pages > maxPages)
    return `its files have ${pages} pages, and a request can carry ${maxPages}: files.pdf(…, { maxPages: ${maxPages} }) cuts longer ones into parts`
  if (bytes <= maxBytes) return null
  const [has, may] = [bytes, maxBytes].map((value) => value.toLocaleString('en-US'))
  return `the request has ${has} bytes with its files, and the service takes ${may}: files.pdf(…, { maxPages: … }) cuts a PDF into parts`
}

/** For each filling that is a file, which of the files it is. */
function filePlaces(fillings: readonly Filling[]): readonly number[] {
  let place = 0
  return fillings.map((filling) =>
    typeof filling === 'string' || filling instanceof Uint8Array ? -1 : place++,
  )
}

function copy(bytes: Uint8Array, buffer: Buffer, at: number): number {
  buffer.set(bytes, at)
  return at + bytes.length
}

function writeBase64(bytes: Uint8Array, buffer: Buffer, start: number): number {
  let at = start
  for (let from = 0; from < bytes.length; from += sliceBytes)
    at += buffer.write(base64Of(bytes.subarray(from, from + sliceBytes)), at, 'latin1')
  return at
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

/** Tokens, bytes and number of the files in a body. */
export function sumSpans(spans: readonly AttachedSpan[]): {
  readonly bytes: number
  readonly tokens: number
  readonly likelyTokens: number
} {
  const sum = { bytes: 0, tokens: 0, likelyTokens: 0 }
  for (const { length, tokens, likelyTokens } of spans) {
    sum.bytes += length
    sum.tokens += tokens
    sum.likelyTokens += likelyTokens
  }
  return sum
}

/** The request with the content of its files as base64, for a call that is made at once. */
export async function loadRequest(
  request: ModelRequest,
  attachments: Attachments,
): Promise<ModelRequest | { readonly problem: string }> {
  if (isEmbedding(request)) return request
  const files = await loadFiles(filesOf(request), attachments)
  if ('problem' in files) return files
  return files.length === 0
    ? request
    : withData(request, (index) => base64Of(files[index]?.bytes ?? new Uint8Array(0)))
}

/** The id and what stands before it hold no object: the first one of a line is its body. */
const bodyStart = Buffer.from(':{')

/** The body in a line of a request file, whichever service it is for; null for what is no such line. */
export function bodyOfLine(line: Buffer): Buffer | null {
  const start = line.indexOf(bodyStart)
  return start === -1 ? null : line.subarray(start + 1, line.lastIndexOf('}'))
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
