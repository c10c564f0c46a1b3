import { type FileHandle, open } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { isDiskFault, privateFile } from '../../../core/disk.ts'
import { Refusal, badRequest } from '../../../core/errors.ts'
import { isObject, isTooDeep, parseJson, textIn } from '../../../core/json.ts'
import { type BodyPart, splitRequests } from '../batch/split-requests.ts'

/** Anthropic document, Batch processing, "Batch limitations". */
const maxRequests = 100_000
const maxBatchBytes = 256 * 1024 * 1024
/** The same page. */
const customIdPattern = /^[A-Za-z0-9_-]{1,64}$/
/** Everything but `requests` that a create call holds. */
const maxRestChars = 1_048_576
/** Deeper than any request, shallower than the stack. */
const maxDepth = 512
const bufferChars = 262_144

/**
 * Number of requests of a create call that were written to a file, one line each. What is asked in them is looked at
 * when they run. Throws a Refusal for a call of another shape.
 */
export async function receiveBatch(request: IncomingMessage, path: string): Promise<number> {
  const file = await open(path, 'w', privateFile)
  try {
    const total = await writeRequests(request, file)
    await file.sync()
    return total
  } catch (error) {
    if (isDiskFault(error))
      throw new Refusal(500, { message: 'The emulator cannot keep the batch: its disk is full.' })
    throw error
  } finally {
    await file.close()
  }
}

async function writeRequests(request: IncomingMessage, file: FileHandle): Promise<number> {
  const customIds = new Set<string>()
  let lines: string[] = []
  let chars = 0
  let total = 0
  const flush = async (): Promise<void> => {
    await file.write(lines.join(''))
    lines = []
    chars = 0
  }
  for await (const part of splitRequests(withinLimit(request))) {
    if (part.kind === 'rest') {
      checkRest(part.text)
      continue
    }
    const line = requestLine(part, total, customIds)
    total += 1
    if (total > maxRequests)
      throw badRequest(`requests: List should have at most ${maxRequests} items after validation`)
    lines.push(line, '\n')
    chars += line.length
    if (chars >= bufferChars) await flush()
  }
  await flush()
  if (total === 0) throw badRequest('requests: List should have at least 1 item after validation, not 0')
  return total
}

async function* withinLimit(request: IncomingMessage): AsyncGenerator<Buffer> {
  let bytes = 0
  // What is refused early is read to its end by whoever answers, so that the answer is not a cut connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes > maxBatchBytes)
      throw new Refusal(413, { message: 'Request exceeds the maximum allowed number of bytes.' })
    yield chunk
  }
}

/** The service takes `requests` alone: no metadata, no name. */
function checkRest(text: string): void {
  const rest = text.length > maxRestChars || isTooDeep(text) ? undefined : parseJson(text)
  if (!isObject(rest)) throw badRequest('The request body is not valid JSON.')
  if (rest['requests'] === undefined) throw badRequest('requests: Field required')
  if (!Array.isArray(rest['requests'])) throw badRequest('requests: Input should be a valid list')
  const extra = Object.keys(rest).find((key) => key !== 'requests')
  if (extra !== undefined) throw badRequest(`${extra}: Extra inputs are not permitted`)
}

function requestLine(
  { text, depth }: Extract<BodyPart, { kind: 'request' }>,
  index: number,
  customIds: Set<string>,
): string {
  const at = `requests.${index}`
  const value = depth > maxDepth ? undefined : parseJson(text)
  if (value === undefined) throw badRequest('The request body is not valid JSON.')
  if (!isObject(value)) throw badRequest(`${at}: Input should be a valid dictionary`)
  const { params } = value
  if (value['custom_id'] === undefined) throw badRequest(`${at}.custom_id: Field required`)
  const customId = textIn(value, 'custom_id')
  if (!customIdPattern.test(customId))
    throw badRequest(`${at}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`)
  if (customIds.has(customId))
    throw badRequest(`requests: custom_id must be unique, and '${customId}' is used more than once`)
  customIds.add(customId)
  if (!isObject(params)) throw badRequest(`${at}.params: Field required`)
  // Only between values can JSON hold the end of a line.
  return text.replaceAll(/[\r\n]/g, ' ')
}
