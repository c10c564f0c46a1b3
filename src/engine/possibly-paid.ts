import { costPicoUsd, microFromPico } from '../domain/money.ts'
import {
  boundRequestTokens,
  countRequestTokens,
  encodingFor,
  loadTokenizer,
} from '../planning/count-tokens.ts'
import type { BatchRow } from '../ports/state.ts'
import { requestFile } from './artefacts.ts'
import { lineGroups } from './file-lines.ts'
import { bodyOfLine } from './request-file.ts'
import { requestOfBody } from './request-of-body.ts'
import type { Step } from './step.ts'

/** The most that these lines of a file can have cost: their part of what was reserved for it, bounded as it was. */
export async function possiblyPaid(
  { flow, spec, attempt }: Pick<Step, 'flow' | 'spec' | 'attempt'>,
  batch: Pick<BatchRow, 'tag' | 'exact'>,
  lines: ReadonlySet<number>,
): Promise<number> {
  const { price, maxOutputTokens, model } = spec
  if (lines.size === 0 || price === null) return 0
  const count = batch.exact === 1 ? await loadTokenizer(encodingFor(model)) : null
  let line = -1
  let costPico = 0
  for await (const group of lineGroups(requestFile(flow.filesDir, batch.tag))) {
    for (const { bytes } of group) {
      line += 1
      if (!lines.has(line)) continue
      const body = bodyOfLine(bytes)
      const parsed: Record<string, unknown> = count === null ? {} : JSON.parse(body.toString('utf8'))
      const inputTokens =
        count === null
          ? boundRequestTokens(body.length)
          : countRequestTokens(requestOfBody(model, parsed), count)
      costPico += costPicoUsd(price, { inputTokens, cachedTokens: 0, outputTokens: maxOutputTokens ?? 0 })
    }
  }
  return Math.min(microFromPico(costPico), attempt.reservedMicroUsd)
}
