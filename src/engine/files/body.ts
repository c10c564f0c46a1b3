import { Buffer } from 'node:buffer'
import { OffpeakError } from '../../domain/errors.ts'
import { type FilePart, isEmbedding, type ModelRequest } from '../../domain/request.ts'
import { slotsOf, withSlots } from '../../planning/requests/content.ts'
import { illFormed, mostJsonTextBytes, writeJsonText } from '../../planning/text/json-text.ts'

/** What stands between two pieces of a frame: a text, the bytes of one as they are in JSON, or a file still to be read. */
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
 * Makes the bodies of the requests of one job, which differ in their messages alone, without reading their files.
 * `toText` is the JSON of the provider's own body: it is made once for each shape of conversation, and texts that come
 * again are encoded once.
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
