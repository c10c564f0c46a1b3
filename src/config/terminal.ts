/** Settings of the environment for the terminal, known before any configuration is read. */
export interface TerminalEnvironment {
  /** NO_COLOR or FORCE_COLOR; null: the stream decides. */
  readonly color: boolean | null
  /** A terminal that cannot move its cursor. */
  readonly dumb: boolean
}

export function readTerminal(): TerminalEnvironment {
  const { NO_COLOR: none, FORCE_COLOR: force, TERM: term } = process.env
  const forced = force === undefined ? null : force !== '0' && force !== 'false'
  return { color: none === undefined || none === '' ? forced : false, dumb: term === 'dumb' }
}
