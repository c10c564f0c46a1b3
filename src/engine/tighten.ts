import { costPicoUsd, microFromPico } from '../domain/money.ts'
import { countRequestTokens, encodingFor, loadTokenizer } from '../planning/count-tokens.ts'
import type { BatchRow } from '../ports/state.ts'
import type { Step } from './step.ts'
import { requestFile } from './artefacts.ts'
import { lineGroups } from './file-lines.ts'
import { requestOfBody } from './request-of-body.ts'

/** Counts the tokens of a request file exactly, where the cheap bound by bytes did not fit the budget or the quota. */
export async function countFile(
  { flow, lease, spec }: Step,
  batch: BatchRow,
): Promise<{ readonly maxTokens: number; readonly maxCostMicroUsd: number }> {
  const { count } = await loadTokenizer(encodingFor(spec.model))
  let maxTokens = 0
  let maxCostPico = 0
  for await (const lines of lineGroups(requestFile(flow.filesDir, batch.tag))) {
    lease.check()
    for (const { bytes } of lines) {
      const inputTokens = countRequestTokens(requestOfBody(spec.model, bodyOf(bytes)), count)
      maxTokens += inputTokens
      if (spec.price)
        maxCostPico += costPicoUsd(spec.price, {
          inputTokens,
          cachedTokens: 0,
          outputTokens: spec.maxOutputTokens ?? 0,
        })
    }
    // Counting is work for the processor; the lease and the other units must get their turn.
    await new Promise(setImmediate)
  }
  return { maxTokens, maxCostMicroUsd: microFromPico(maxCostPico) }
}

function bodyOf(line: Buffer): Record<string, unknown> {
  const parsed: { readonly body: Record<string, unknown> } = JSON.parse(line.toString('utf8'))
  return parsed.body
}
