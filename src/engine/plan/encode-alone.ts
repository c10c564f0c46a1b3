import { Buffer } from 'node:buffer'
import type { TokenRange } from '../../domain/token-rule.ts'
import { maxRequestTokens } from '../../planning/tokens/count-tokens.ts'
import type { RequestCounter } from '../../planning/tokens/request-counter.ts'
import type { ContextWindow } from '../../planning/tokens/context-window.ts'
import type { Marked } from '../../planning/requests/meaning.ts'
import type { Attachments } from '../../ports/attachments.ts'
import type { Part } from '../../ports/source.ts'
import { contextReason } from '../job/context-guard.ts'
import { withoutFiles, loadBody, sumSpans, writeBody } from '../files/body.ts'
import type { PreparedJob } from '../job/prepare.ts'

/** One record as a run would send it. */
export interface EncodedAlone extends Marked {
  readonly bytes: number
  /** The body with words instead of its files; made when it is asked for, as most records are done in a late plan. */
  readonly shown: () => unknown
  /** The cheap upper bound of its input tokens. */
  readonly mostTokens: number
  /** Why it does not fit into what the model can read and write; null when it does, or may. */
  readonly overContext: (window: ContextWindow, counter: RequestCounter) => string | null
  /** Its input tokens: texts counted, files by the figures for them. */
  readonly tokens: (counter: RequestCounter) => TokenRange
}

/** Bodies are written here and kept in the bytes that they have: their bound is several times as many. */
const scratch = Buffer.allocUnsafeSlow(65_536)

/** One record encoded outside of a run; never throws for what its prompt or files are. */
export async function encodeAlone(
  job: PreparedJob,
  { key, row, part }: { readonly key: string; readonly row: unknown; readonly part?: Part },
  attachments: Attachments,
): Promise<EncodedAlone | { readonly problem: string }> {
  const made = job.body(row, part?.of ?? key)
  if ('problem' in made) return made
  const loaded = await loadBody(made, attachments)
  if ('problem' in loaded) return loaded
  const isSmall = loaded.mostBytes <= scratch.length
  const buffer = isSmall ? scratch : Buffer.allocUnsafe(loaded.mostBytes)
  const written = writeBody(loaded, job.reader, buffer, 0)
  if ('problem' in written) return written
  const { length, spans, own } = written
  const body = isSmall ? Buffer.from(buffer.subarray(0, length)) : buffer.subarray(0, length)
  const attached = sumSpans(spans)
  const shown = (): unknown => withoutFiles(body, spans)
  const mostTokens = maxRequestTokens(body.length, attached, job.unit)
  return {
    bytes: body.length,
    fingerprint: job.fingerprint(own),
    former: () => job.formerFingerprint(body),
    shown,
    mostTokens,
    overContext: (window, counter) => contextReason(body, spans, window, counter),
    tokens(counter) {
      const texts = counter.tokens(counter.read(shown()))
      return {
        likely: Math.min(mostTokens, texts.likely + attached.likelyTokens),
        most: Math.min(mostTokens, texts.most + attached.tokens),
      }
    },
  }
}
