/** Why this process cannot get on with its state, although nothing is wrong with what it does. */
export interface StateTrouble {
  /** `away`: the database cannot be reached; `full`: it has no room left; `busy`: others hold a lock on it. */
  readonly kind: 'away' | 'full' | 'busy'
  /** Milliseconds since the epoch, by the clock of this machine. */
  readonly since: number
  /** For people: what happened, in the database's own words, and whom it waits for where that can be told. */
  readonly words: string
}

/** Trouble of this process in reaching its state, and a way to hear of changes. */
export interface StateWatch {
  /** Null: the state does what it is told. */
  readonly trouble: StateTrouble | null
  /**
   * Told when trouble has lasted for a moment, when its words change, and (with null) when what was told is over;
   * returns how to stop listening.
   */
  readonly onTrouble: (listener: (trouble: StateTrouble | null) => void) => () => void
}
