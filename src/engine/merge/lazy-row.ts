/*
 * What functions of a job are told. Rows are read only when one of them asks. A getter in a literal would give every
 * record a hidden class of its own, which keeps the record's answer until all garbage is collected.
 */

class WithRow {
  readonly #read: () => unknown

  constructor(read: () => unknown) {
    this.#read = read
  }

  get row(): unknown {
    return this.#read()
  }
}

class WithRows {
  readonly #read: () => readonly unknown[]

  constructor(read: () => readonly unknown[]) {
    this.#read = read
  }

  get row(): unknown {
    return this.#read()[0]
  }

  get rows(): readonly unknown[] {
    return this.#read()
  }
}

/** The fields, and the row that was asked about. */
export function withRow<Fields extends object>(
  fields: Fields,
  read: () => unknown,
): Fields & { readonly row: unknown } {
  return Object.assign(new WithRow(read), fields)
}

/** The fields, and the rows that the parts of a record were asked about. */
export function withRows<Fields extends object>(
  fields: Fields,
  read: () => readonly unknown[],
): Fields & { readonly row: unknown; readonly rows: readonly unknown[] } {
  return Object.assign(new WithRows(read), fields)
}
