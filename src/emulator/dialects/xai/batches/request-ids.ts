import { bodyHash } from '../../../core/answers/body-hash.ts'
import { isBlank, readLines } from '../../../core/batch/lines.ts'
import type { BatchRecord } from '../../../core/records.ts'
import type { State } from '../../../core/state.ts'
import { type BatchRequest, readRequest } from './lines.ts'
import { partsOf } from './parts.ts'

/** The requests of a container: a digest of what is asked, by id. */
export type RequestIds = Map<string, string>

/** Those of each container, so that they are read from the disk once. */
const known = new WeakMap<State, Map<string, Promise<RequestIds>>>()

export function requestIdsOf(state: State, batch: BatchRecord): Promise<RequestIds> {
  const ofState = known.get(state) ?? new Map<string, Promise<RequestIds>>()
  known.set(state, ofState)
  const ids = ofState.get(batch.id) ?? readIds(state, batch)
  ofState.set(batch.id, ids)
  return ids
}

async function readIds(state: State, batch: BatchRecord): Promise<RequestIds> {
  const ids: RequestIds = new Map()
  for (const part of partsOf(state, batch))
    for await (const lines of readLines(state.snapshotPath(part.id)))
      for (const line of lines) {
        const request = isBlank(line) ? '' : readRequest(line.text)
        if (typeof request !== 'string') ids.set(request.id, digestOf(request))
      }
  return ids
}

export function digestOf({ body }: BatchRequest): string {
  return bodyHash(body)
}
