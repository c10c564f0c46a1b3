import { resolve } from 'node:path'
import { OffpeakError, messageOf } from '../../domain/errors.ts'
import type { OpenSink, SinkItem } from '../../ports/sink.ts'
import { splitLines } from '../../planning/text/split-lines.ts'
import { jsonOf } from '../tables/json-value.ts'
import { appendSink, type ItemText } from './append-sink.ts'

/** A JSON Lines file as a sink: `{ jsonl, line? }` appends `{"key":…, …values}` per item, as `appendSink` says. */
export const openJsonlSink: OpenSink = async (definition, { baseDir }) => {
  const { jsonl } = definition
  if (typeof jsonl !== 'string') throw new OffpeakError('E_JOB_INVALID', 'A file sink is { jsonl: path }')
  return appendSink(resolve(baseDir, jsonl), jsonl, {
    texts: (items) => ({ before: '', texts: items.map(lineOf) }),
    stored: storedLines,
    isOwn: (head) => ownLine.test(head),
  })
}

/** The line of an item; characters that some readers take for a line end are escaped. */
function lineOf({ key, values }: SinkItem): ItemText {
  try {
    // The key goes first, where people look for it, and no value of the same name replaces it.
    const fields: Record<string, unknown> = { key, ...values }
    fields['key'] = key
    const json = jsonOf('', fields)
    return `${json.replace(/[\u0085\u2028\u2029]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
  } catch (thrown) {
    return { reason: messageOf(thrown) }
  }
}

/** A tool that a person used may have put blanks between. */
const ownLine = /^\uFEFF?\s*\{\s*"key"\s*:/

/** Our lines begin with the key; those of others are nothing that an item could repeat. */
const keyFirst = /^\{"key":("(?:[^"\\]|\\.)*")/

function* storedLines(
  blocks: Iterable<Buffer>,
): Generator<{ readonly key: string; readonly text: string }, void> {
  for (const { bytes } of splitLines(blocks)) {
    const line = bytes.toString('utf8')
    const quoted = keyFirst.exec(line)?.[1]
    if (quoted === undefined) continue
    const key = keyOf(quoted)
    if (key !== null) yield { key, text: `${line}\n` }
  }
}

function keyOf(quoted: string): string | null {
  try {
    const key: unknown = JSON.parse(quoted)
    return typeof key === 'string' ? key : null
  } catch {
    return null
  }
}
