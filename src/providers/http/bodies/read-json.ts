import type { IncomingMessage } from 'node:http'
import type { Body } from '../exchange.ts'
import { pageTitle } from './page.ts'
import { unpack } from './unpack.ts'
import { parseJson } from '../../../planning/text/parse-json.ts'

/** The largest JSON answer that is read into memory. */
export const maxAnswerBytes = 16_777_216

/** An answer, read into memory. `clean` takes secrets out of what may be quoted to people. */
export async function readJson(
  response: IncomingMessage,
  progress: () => void,
  clean: (text: string) => string,
): Promise<Body> {
  const { pieces } = await unpack(noted(response, progress), response.headers['content-encoding'])
  const held: Buffer[] = []
  let bytes = 0
  for await (const piece of pieces) {
    bytes += piece.length
    if (bytes > maxAnswerBytes) throw new Error(`the answer is larger than ${maxAnswerBytes} bytes`)
    held.push(piece)
  }
  const text = Buffer.concat(held).toString('utf8')
  try {
    // Only refusals are quoted to people; in an answer, a short key could be an ordinary word.
    const refused = (response.statusCode ?? 0) >= 300
    return { json: parseJson(refused ? clean(text) : text), page: null, saved: null }
  } catch {
    const page = pageTitle(response.headers['content-type'], text)
    return { json: undefined, page: page === null ? null : clean(page), saved: null }
  }
}

const lineFeed = 0x0a

/** The first line of a success, which must be JSON, with the rest left unread; of anything else, the whole answer. */
export async function readFirstLine(
  response: IncomingMessage,
  progress: () => void,
  clean: (text: string) => string,
): Promise<Body> {
  if (response.statusCode !== 200) return readJson(response, progress, clean)
  const { pieces } = await unpack(noted(response, progress), response.headers['content-encoding'])
  const held: Buffer[] = []
  let bytes = 0
  for await (const piece of pieces) {
    const end = piece.indexOf(lineFeed)
    held.push(end === -1 ? piece : piece.subarray(0, end))
    bytes += piece.length
    if (end !== -1) break
    if (bytes > maxAnswerBytes) throw new Error(`the first line is longer than ${maxAnswerBytes} bytes`)
  }
  try {
    return { json: parseJson(Buffer.concat(held).toString('utf8')), page: null, saved: null }
  } catch {
    return { json: undefined, page: null, saved: null }
  }
}

/** The pieces of a body, each of which shows that there is life. */
export async function* noted(response: IncomingMessage, progress: () => void): AsyncGenerator<Buffer> {
  for await (const piece of response as AsyncIterable<Buffer>) {
    progress()
    yield piece
  }
}
