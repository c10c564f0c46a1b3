import type { JsonObject } from '../../../core/json.ts'
import { type BatchRecord, scenarioOf } from '../../../core/records.ts'
import type { State } from '../../../core/state.ts'

/**
 * A batch that a file sealed is carried out as one. One that calls fill is a container: a record that runs nothing, and
 * for each call that added requests a part that runs at once.
 */
export function isContainer({ details }: BatchRecord): boolean {
  return details['container'] === true
}

/** Whether this is a piece of another batch, which no caller sees. */
export function isPart({ details }: BatchRecord): boolean {
  return typeof details['partOf'] === 'string'
}

export function containerDetails(name: string): JsonObject {
  return { name, container: true }
}

export function sealedDetails(name: string, inputFileId: string): JsonObject {
  return { name, inputFileId }
}

/** The running parts of a batch, oldest first: itself, or its parts. */
export function partsOf(state: State, batch: BatchRecord): readonly BatchRecord[] {
  if (!isContainer(batch)) return [batch]
  return [...state.batches.values()].filter((part) => part.details['partOf'] === batch.id)
}

/** A part for some more requests; it goes through what its container goes through, and ends with it. */
export function newPart(container: BatchRecord, id: string, total: number, nowMs: number): BatchRecord {
  return {
    ...container,
    id,
    details: { partOf: container.id },
    status: 'validating',
    createdAtMs: nowMs,
    times: {},
    total,
  }
}

/** Whether requests that have not run at the end of its time are left as they are. */
export function staysPending(batch: BatchRecord): boolean {
  return scenarioOf(batch, 'xai-expire-by-clock') !== undefined
}
