import type { EventRow } from '../state.ts'

/** How far what happened has been told to each endpoint, so that any process can go on with it. */
export interface DeliveryStore {
  /** Where an endpoint is. One that is new hears what happens from now on. */
  delivery(endpoint: string): Promise<DeliveryRow>
  /** Takes the endpoint for one process, when its next look is due and nobody else has it. */
  claimDelivery(endpoint: string, by: DeliverBy): Promise<DeliveryClaim | null>
  /**
   * The next events of all runs, in the order of their ids: whatever has a smaller id is among them, or was before. An
   * event stands back while a transaction is open that writes events and may have a smaller id.
   */
  eventsToDeliver(after: number, limit: number): Promise<readonly EventRow[]>
  /** Notes how far the endpoint is, and extends the lease; false when another process has it by now. */
  saveDelivery(claim: DeliveryClaim, progress: DeliveryProgress): Promise<boolean>
  /** Gives the endpoint back, to be looked at again at that time. */
  releaseDelivery(claim: DeliveryClaim, nextAt: number): Promise<void>
  /** The id of the event with which the first of a run's requests went out; null when none has. */
  firstSent(runId: string): Promise<number | null>
}

export interface DeliveryRow {
  readonly endpoint: string
  /** The last event that is dealt with. */
  readonly position: number
  /** How often the endpoint has refused in a row. */
  readonly tries: number
  readonly epoch: number
  readonly holder: string | null
  readonly leaseUntil: number
  readonly nextAt: number
}

export interface DeliverBy {
  readonly holder: string
  readonly now: number
  readonly leaseMs: number
}

export type DeliveryClaim = Pick<DeliveryRow, 'endpoint' | 'epoch' | 'position' | 'tries'>

export interface DeliveryProgress {
  readonly position: number
  readonly tries: number
  readonly leaseUntil: number
}
