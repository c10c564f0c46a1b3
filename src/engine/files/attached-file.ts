import { join } from 'node:path'
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import type { AttachedSpan } from './body.ts'

/**
 * Path of the file that tells for each line of a request file where attached files lie in its body; there is none
 * without attachments.
 */
export function attachedFile(filesDir: string, tag: string): string {
  return join(filesDir, `${tag}.attached.jsonl`)
}

const span = z.object({
  at: z.number(),
  length: z.number(),
  tokens: z.number(),
  /** Files of before it was noted have one figure for both. */
  likelyTokens: z.number().optional(),
  words: z.string(),
})
const entry = z.object({ line: z.number(), spans: z.array(span) })

/** One line of such a file. */
export function attachedEntry(line: number, spans: readonly AttachedSpan[]): string {
  return `${JSON.stringify({ line, spans })}\n`
}

/** The spans by line of the request file of this tag; empty when none of its requests has a file. */
export function readAttached(filesDir: string, tag: string): ReadonlyMap<number, readonly AttachedSpan[]> {
  const path = attachedFile(filesDir, tag)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => entry.parse(JSON.parse(line)))
      .map(({ line, spans }) => [
        line,
        spans.map((span) => ({ ...span, likelyTokens: span.likelyTokens ?? span.tokens })),
      ]),
  )
}
