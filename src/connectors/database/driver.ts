/** Rows as the server's text, in the order of `columns`. */
export interface RawRows {
  readonly columns: readonly { readonly name: string; readonly type: number }[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** Rows returned or changed, from the command tag. */
  readonly count: number
}

/** A session of a driver, one at a time. */
export interface Session {
  /** One statement with bound values: text, or bytes in PostgreSQL's binary form. */
  query(text: string, values: readonly (string | Buffer | null)[]): Promise<RawRows>
  /** Several statements without values. */
  exec(text: string): Promise<void>
  /** Gives the session back; `broken` ends it. */
  release(broken: boolean): void
}

export interface Driver {
  readonly kind: 'postgres' | 'pglite'
  /** Host and database for people, without the password. */
  readonly where: string
  connect(): Promise<Session>
  close(): Promise<void>
}
