/*
 * What functions of a job are told. Rows are read only when one of them asks. The getters are shared: those of a
 * literal would give every record a hidden class of its own, which keeps the record's answer until all garbage is
 * collected.
 */

class WithRow {
  declare readonly row: unknown
  readonly #read: () => unknown
  static readonly #fields: PropertyDescriptorMap & ThisType<WithRow> = {
    row: {
      enumerable: true,
      get() {
        return this.#read()
      },
    },
  }

  constructor(read: () => unknown) {
    this.#read = read
    Object.defineProperties(this, WithRow.#fields)
  }
}

class WithRows {
  declare readonly row: unknown
  declare readonly rows: readonly unknown[]
  readonly #read: () => readonly unknown[]
  static readonly #fields: PropertyDescriptorMap & ThisType<WithRows> = {
    row: {
      enumerable: true,
      get() {
        return this.#read()[0]
      },
    },
    rows: {
      enumerable: true,
      get() {
        return this.#read()
      },
    },
  }

  constructor(read: () => readonly unknown[]) {
    this.#read = read
    Object.defineProperties(this, WithRows.#fields)
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
