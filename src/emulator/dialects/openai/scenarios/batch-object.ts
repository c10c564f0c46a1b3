import { type JsonObject, textIn } from '../../../core/json.ts'
import { type BatchRecord, isTerminal, numberOption, textOption } from '../../../core/records.ts'
import type { BatchScenario } from '../../../core/scenarios/definition.ts'

const capital: Readonly<Record<string, string>> = {
  validating: 'Validating',
  failed: 'Failed',
  in_progress: 'In_Progress',
  finalizing: 'Finalizing',
  completed: 'Completed',
  expired: 'Expired',
  cancelling: 'Cancelling',
  cancelled: 'Cancelled',
}

/** The status that a batch had before; what it shows while its status goes to and fro. */
const before: Readonly<Record<string, string>> = {
  in_progress: 'validating',
  finalizing: 'in_progress',
  completed: 'finalizing',
  expired: 'in_progress',
  failed: 'validating',
  cancelled: 'cancelling',
}

/** How the batch object is written, where services and gateways have their own ways. */
export const batchObjectScenarios: readonly BatchScenario[] = [
  {
    // litellm#33987 and gateways that store the ids later than the status.
    name: 'late-file-ids',
    concerns: 'batch',
    summary: 'is completed while its file ids are still null, for the first polls',
    options: { polls: { kind: 'number', fallback: 3, about: 'how many polls see null' } },
    object: (shown, { batch, polls, scenario }) =>
      isTerminal(batch.status) && polls.ended <= numberOption(scenario, 'polls')
        ? { ...shown, output_file_id: null, error_file_id: null }
        : shown,
  },
  {
    // Replicas behind a gateway that are behind each other.
    name: 'status-backwards',
    concerns: 'batch',
    summary: 'shows its former status at every second poll',
    options: { polls: { kind: 'number', fallback: 6, about: 'for how many polls' } },
    object: (shown, { batch, polls, scenario }) => {
      const count = polls.live + polls.ended
      return count % 2 === 0 && count > 0 && count <= numberOption(scenario, 'polls')
        ? asBefore(shown, batch)
        : shown
    },
  },
  {
    // tobert/kaibo#93; Azure guide, Global Batch (Python sample).
    name: 'empty-string-file-id',
    concerns: 'batch',
    summary: 'writes an absent file id as an empty text',
    object: (shown) => ({
      ...shown,
      output_file_id: shown['output_file_id'] ?? '',
      error_file_id: shown['error_file_id'] ?? '',
    }),
  },
  {
    // Azure guide, Global Batch: both files exist, of 0 bytes if need be.
    name: 'empty-error-file',
    concerns: 'batch',
    summary: 'names an error file of 0 bytes although no request failed',
  },
  {
    // Azure REST reference, samples of some API versions.
    name: 'capital-status',
    concerns: 'batch',
    summary: 'writes its status with a capital letter',
    object: (shown) => ({ ...shown, status: capital[textIn(shown, 'status')] ?? textIn(shown, 'status') }),
  },
  {
    // Azure REST reference, samples of some API versions.
    name: 'iso-times',
    concerns: 'batch',
    summary: 'writes its times as ISO 8601 texts with seven decimals',
    object: (shown) =>
      Object.fromEntries(
        Object.entries(shown).map(([key, value]) => [
          key,
          key.endsWith('_at') && typeof value === 'number' ? isoTime(value) : value,
        ]),
      ),
  },
  {
    // Azure REST reference: the members of request_counts may be null.
    name: 'null-counts',
    concerns: 'batch',
    summary: 'counts nothing: the members of request_counts are null',
    counts: () => ({ total: null, completed: null, failed: null }),
  },
  {
    name: 'zero-counts',
    concerns: 'batch',
    summary: 'counts nothing: request_counts is 0, 0 and 0 to the end',
    counts: () => ({ total: 0, completed: 0, failed: 0 }),
  },
  {
    // Some services count a line as completed when it has an answer of any kind.
    name: 'failed-counted-as-completed',
    concerns: 'batch',
    summary: 'counts failed requests as completed',
    counts: ({ total, completed, failed }) => ({
      total,
      completed: (completed ?? 0) + (failed ?? 0),
      failed: 0,
    }),
  },
  {
    // OpenAI document: usage only on batches made after September 2025; compatible servers have none.
    name: 'usage-missing',
    concerns: 'batch',
    summary: 'has no usage of its own: absent, null or zeros',
    options: {
      as: { kind: 'choice', of: ['absent', 'null', 'zero'], fallback: 'absent', about: 'how it is missing' },
    },
    object: (shown, { scenario }) => {
      const { usage: _usage, ...rest } = shown
      const as = textOption(scenario, 'as')
      if (as === 'absent') return rest
      return { ...rest, usage: as === 'null' ? null : noUsage }
    },
  },
]

const noUsage: JsonObject = {
  input_tokens: 0,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 0,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 0,
}

function asBefore(shown: JsonObject, batch: BatchRecord): JsonObject {
  const status = before[batch.status]
  if (status === undefined) return shown
  return {
    ...shown,
    status,
    [`${batch.status}_at`]: null,
    ...(isTerminal(batch.status) ? { output_file_id: null, error_file_id: null } : {}),
  }
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('Z', '0000+00:00')
}
