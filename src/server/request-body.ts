import { Refusal } from './problem.ts'
import { withExactNumbers } from '../planning/text/exact-numbers.ts'

export const maxBodyBytes = 1_000_000
const maxDepth = 50
const jsonMedia = /^application\/(?:[a-z0-9.-]+\+)?json(?:\s*;.*)?$/i

/** The text of a body of at most a megabyte. Throws a refusal of status 413 for a larger one. */
export async function readText(request: Request): Promise<string> {
  const told = Number(request.headers.get('content-length') ?? NaN)
  if (told > maxBodyBytes) throw tooLarge()
  // With its length told, the HTTP layer gives no more than that.
  if (Number.isFinite(told)) return request.text()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBodyBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * The value of a body that is to be JSON, whole numbers that no number holds as text; an empty one is an empty object.
 * Throws E_USAGE, and a refusal of status 415.
 */
export function parseJson(text: string, media: string | null): unknown {
  if (text === '') return {}
  if (media === null || !jsonMedia.test(media.trim()))
    throw new Refusal('E_USAGE', 'the body is to be JSON', {
      status: 415,
      where: 'the Content-Type header',
      fix: 'Content-Type: application/json',
    })
  if (depthOf(text) > maxDepth) throw unreadable(`it is nested more than ${maxDepth} deep`)
  if (hasNul(text)) throw unreadable('it has a NUL character')
  try {
    return withExactNumbers(JSON.parse(text), text)
  } catch {
    throw unreadable('it is not JSON')
  }
}

/** Whether some JSON has a NUL character, which PostgreSQL has not, and nobody means. */
export function hasNul(json: string): boolean {
  return /(?<!\\)(?:\\\\)*\\u0000/.test(json)
}

function unreadable(why: string): Refusal {
  return new Refusal('E_USAGE', `the body cannot be read: ${why}`, {
    where: 'the body',
    fix: '/openapi.json says what fits; in a shell, put the JSON in single quotes: -d \'{ "limit": 5 }\'',
  })
}

function tooLarge(): Refusal {
  return new Refusal('E_USAGE', `the body has more than ${maxBodyBytes} bytes`, {
    status: 413,
    where: 'the body',
    fix: 'send less at a time, as fewer keys; a run of all records needs none',
    headers: { connection: 'close' },
  })
}

/** How deep brackets are nested, outside of texts. */
function depthOf(json: string): number {
  let [depth, deepest, quoted] = [0, 0, false]
  for (let at = 0; at < json.length; at++) {
    const char = json.charCodeAt(at)
    if (quoted) {
      if (char === 0x5c) at++
      else if (char === 0x22) quoted = false
    } else if (char === 0x22) quoted = true
    else if (char === 0x5b || char === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (char === 0x5d || char === 0x7d) depth--
  }
  return deepest
}
