/** Which record the row of a sink belongs to, where keys of different texts are one there. */
export interface RowStore {
  /**
   * The record that each of these rows belongs to, by the row's name, where that is known. With `take` a row without
   * one is given to the record that asks, in one transaction; of an own key nothing is kept, but it is found in what the
   * job has asked for and done.
   */
  ownersOfRows(owner: RowOwner, rows: readonly WantedRow[]): Promise<ReadonlyMap<string, string>>
}

export interface RowOwner {
  readonly job: string
  /** What is written, as the sink is described. */
  readonly sink: string
  readonly isSimulated: boolean
  /** Null: outside of any run. */
  readonly runId: string | null
  /** What other runs have written gives way. */
  readonly redo: boolean
  readonly take: boolean
  readonly now: number
}

export interface WantedRow {
  readonly name: string
  /** The name is the key of the record. */
  readonly isOwnKey: boolean
  readonly key: string
}
