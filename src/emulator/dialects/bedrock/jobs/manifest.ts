import type { BatchRecord } from '../../../core/records.ts'
import { isTerminal } from '../../../core/records.ts'
import type { State } from '../../../core/state.ts'
import { outputFolder } from './details.ts'

export function manifestKey(batch: BatchRecord): string {
  return `${outputFolder(batch)}manifest.json.out`
}

/** AWS document, "View the results of a batch inference job"; `null` while there is none, and where nothing has run. */
export function manifestText(batch: BatchRecord): string | null {
  const { settlement, details, total } = batch
  if (!isTerminal(batch.status) || settlement === null || details['manifestDeleted'] === true) return null
  return JSON.stringify({
    totalRecordCount: total,
    processedRecordCount: settlement.completed + settlement.failed,
    successRecordCount: settlement.completed,
    errorRecordCount: settlement.failed,
    inputTokenCount: settlement.usage.inputTokens,
    outputTokenCount: settlement.usage.outputTokens,
  })
}

export async function dropManifest(state: State, key: string): Promise<void> {
  for (const batch of state.batches.values())
    if (batch.profile === 'bedrock' && manifestKey(batch) === key)
      await state.putBatch({ ...batch, details: { ...batch.details, manifestDeleted: true } })
}
