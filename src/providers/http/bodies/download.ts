import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { OffpeakError } from '../../../domain/errors.ts'
import type { Downloaded } from '../../../ports/provider/batch-service.ts'
import { announcedBytes, restHeaders, restOf, type Version, versionOf } from './byte-range.ts'
import { type Body, BoundError, type Exchange } from '../exchange.ts'
import { pageTitle } from './page.ts'
import { PartFile } from './part-file.ts'
import { noted, readJson } from './read-json.ts'
import { peek, unpack } from './unpack.ts'

/** So often is one download taken up again; who wants it more often asks again later. */
const maxContinuations = 5
/** As much of a body as tells a page from a file. */
const headBytes = 512

/** How one attempt of a download is sent: its headers, and what reads the answer. */
export type SendAttempt = (
  headers: Readonly<Record<string, string>>,
  read: (response: IncomingMessage, progress: () => void, clean: (text: string) => string) => Promise<Body>,
) => Promise<Exchange>

/**
 * The exchange that brought a body into the file `to`, over as many attempts as it takes while each comes further than
 * those before it. The rest is asked for where the service can prove that it is of the same version, else the whole
 * once more; the file is whole or not there. Throws E_DISK.
 */
export async function download(to: string, maxBytes: number | null, send: SendAttempt): Promise<Exchange> {
  const coming = new Coming(to, maxBytes ?? Infinity)
  let furthest = 0
  try {
    for (let continuations = 0; ; continuations += 1) {
      const reply = await send(coming.begin(), (response, progress, clean) =>
        coming.read(response, progress, clean),
      )
      if (reply.kind === 'answered') {
        if (reply.saved !== null) await coming.finish()
        return reply
      }
      const goesOn = coming.isAnotherVersion || coming.bytes > furthest
      furthest = Math.max(furthest, coming.bytes)
      if (reply.at !== 'network' || !goesOn || continuations === maxContinuations) return reply
    }
  } finally {
    await coming.close()
  }
}

const unknownVersion: Version = { validator: null, totalBytes: null }

/** A file on its way, over the attempts at it. */
class Coming {
  readonly #to: string
  readonly #maxBytes: number
  #part: PartFile | null = null
  #version = unknownVersion
  /** The byte that the attempt of now was asked to begin at. */
  #from = 0
  #isAnotherVersion = false

  constructor(to: string, maxBytes: number) {
    this.#to = to
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#part?.bytes ?? 0
  }

  /** Whether the last attempt was offered bytes that do not fit to those that are here. */
  get isAnotherVersion(): boolean {
    return this.#isAnotherVersion
  }

  /** The headers of the next attempt. */
  begin(): Readonly<Record<string, string>> {
    this.#isAnotherVersion = false
    this.#from = this.#version.validator === null ? 0 : this.bytes
    return restHeaders(this.#from, this.#version)
  }

  async read(
    response: IncomingMessage,
    progress: () => void,
    clean: (text: string) => string,
  ): Promise<Body> {
    const { statusCode, headers } = response
    if (this.#from > 0 && (statusCode === 206 || statusCode === 416)) {
      const totalBytes = statusCode === 206 ? restOf(headers, this.#from, this.#version) : null
      if (totalBytes !== null) return this.#keep(noted(response, progress), false, totalBytes, headers)
      this.#version = unknownVersion
      this.#isAnotherVersion = true
      throw new Error('the rest that was offered does not belong to what is here')
    }
    if (statusCode !== 200) return readJson(response, progress, clean)
    const { pieces, packed } = await unpack(noted(response, progress), headers['content-encoding'])
    const { head, whole } = await peek(pieces, headBytes)
    const page = pageTitle(headers['content-type'], head.toString('utf8'))
    if (page !== null) return { json: undefined, page: clean(page), saved: null }
    if (this.#part === null) this.#part = await PartFile.open(this.#to)
    else await this.#part.restart()
    this.#version = versionOf(headers, packed)
    return this.#keep(whole, packed, packed ? null : announcedBytes(headers), headers)
  }

  async finish(): Promise<void> {
    await this.#part?.finish()
    this.#part = null
  }

  async close(): Promise<void> {
    await this.#part?.discard()
  }

  async #keep(
    pieces: AsyncIterable<Buffer>,
    packed: boolean,
    announced: number | null,
    headers: IncomingHttpHeaders,
  ): Promise<Body> {
    const part = this.#part
    if (part === null) throw new OffpeakError('E_BUG', 'a rest was kept of nothing')
    for await (const piece of pieces) {
      if (part.bytes + piece.length > this.#maxBytes)
        throw new BoundError(`the file is larger than the ${this.#maxBytes} bytes that are allowed`)
      await part.write(piece, packed)
    }
    // Node ends a body that is shorter than announced with an error; this holds even where it would not.
    if (announced !== null && part.bytes !== announced)
      throw new Error(`the body ended after ${part.bytes} of ${announced} bytes`)
    const isChunked = /\bchunked\b/i.test(headers['transfer-encoding'] ?? '')
    const whole = packed || announced !== null || isChunked
    const saved: Downloaded = { bytes: part.bytes, announcedBytes: announced, whole }
    return { json: undefined, page: null, saved }
  }
}
