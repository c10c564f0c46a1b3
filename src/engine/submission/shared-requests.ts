import type { Intent } from '../../domain/intent.ts'
import { LineHashes } from '../../planning/text/line-hashes.ts'
import type { Flow } from '../flow.ts'
import { bytesOf, requestFile } from '../files/durable-file.ts'
import { requestHashes } from '../files/intent-files.ts'

/** Eight bytes are held for each request of unknown intents; of more, a person is asked. */
const maxRequests = 5_000_000

interface Sent {
  readonly nonces: string
  readonly hashes: Promise<LineHashes | null>
}
const sent = new WeakMap<Flow, Sent>()

/**
 * Whether a file about to be sent asks anything that unknown intents have asked; a file that does not cannot be paid a
 * second time, whatever became of them. Where the files of some are not at hand, it may.
 */
export async function sharesRequests(flow: Flow, tag: string, unknown: readonly Intent[]): Promise<boolean> {
  const nonces = unknown.map(({ nonce }) => nonce).join()
  const known = sent.get(flow)
  const { hashes } = known?.nonces === nonces ? known : { hashes: read(flow, unknown) }
  sent.set(flow, { nonces, hashes })
  const before = await hashes
  if (before === null) return true
  for await (const hash of requestHashes(flow.filesDir, tag)) if (before.has(hash)) return true
  return false
}

async function read({ filesDir }: Flow, unknown: readonly Intent[]): Promise<LineHashes | null> {
  if (unknown.reduce((sum, { requests }) => sum + requests, 0) > maxRequests) return null
  const lines: bigint[] = []
  for (const { tag } of unknown) {
    if (tag === '' || (await bytesOf(requestFile(filesDir, tag))) === null) return null
    for await (const hash of requestHashes(filesDir, tag)) lines.push(hash)
  }
  return LineHashes.of(lines)
}
