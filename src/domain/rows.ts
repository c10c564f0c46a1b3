/** A list that is read by index; what it gives may be made at that moment. */
export interface Rows<Row> {
  readonly length: number
  at(index: number): Row | undefined
}

/** The rows from one place to another, as a list. */
export function slice<Row>(rows: Rows<Row>, from: number, to: number): readonly Row[] {
  const list: Row[] = []
  for (let index = from; index < Math.min(to, rows.length); index += 1) {
    const row = rows.at(index)
    if (row !== undefined) list.push(row)
  }
  return list
}
