import { microFromPico, mostPicoUsd } from '../../domain/money.ts'
import type { BatchRow } from '../../ports/state.ts'
import { readAttached } from '../files/attached-file.ts'
import { requestLines } from '../files/file-lines.ts'
import type { Step } from '../step/step.ts'
import { mostLineTokens, reservedCount } from '../build/count-exact-tokens.ts'

/** The most that these lines of a file can have cost: their part of what was reserved for it, bounded as it was. */
export async function possiblyPaid(
  { flow, spec, attempt, job }: Pick<Step, 'flow' | 'spec' | 'attempt' | 'job'>,
  batch: Pick<BatchRow, 'tag' | 'exact'>,
  lines: ReadonlySet<number>,
): Promise<number> {
  const { price, maxOutputTokens } = spec
  if (lines.size === 0 || price === null) return 0
  const count = await reservedCount(spec, batch, job.provider)
  const attached = readAttached(flow.filesDir, batch.tag)
  let line = -1
  let costPico = 0
  for await (const group of requestLines(flow.filesDir, batch.tag)) {
    for (const { bytes } of group) {
      line += 1
      if (!lines.has(line)) continue
      const inputTokens = mostLineTokens(bytes, attached.get(line) ?? [], count, price)
      costPico += mostPicoUsd(price, { inputTokens, outputTokens: maxOutputTokens ?? 0 })
    }
  }
  return Math.min(microFromPico(costPico), attempt.reservedMicroUsd)
}
