import type { IncomingMessage } from 'node:http'
import { Refusal, badRequest } from '../errors.ts'
import { type JsonObject, isObject, isTooDeep, parseJson, typeName } from '../json.ts'

/** Real services cap JSON bodies in the tens of megabytes; a base64 PDF must still fit. */
const maxJsonBytes = 64 * 1024 * 1024

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes > maxJsonBytes) throw new Refusal(413, { message: 'Request body is too large.' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** No body counts as an empty object: what is missing in it is named by whoever needs it. */
export function parseBody(text: string): JsonObject {
  if (text === '') return {}
  const value = isTooDeep(text) ? undefined : parseJson(text)
  if (value === undefined) {
    throw badRequest('We could not parse the JSON body of your request. The body must be valid JSON.')
  }
  if (!isObject(value)) {
    throw badRequest(
      `Invalid type for the request body: expected an object, but got ${typeName(value)} instead.`,
    )
  }
  return value
}
