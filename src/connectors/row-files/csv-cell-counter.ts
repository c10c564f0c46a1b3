import type { CsvDialect } from './csv-cells.ts'

const [lf, cr] = [0x0a, 0x0d]

export interface CellCounter {
  /** The cells of the record at hand so far, with those of the bytes that come next. */
  count(bytes: Buffer): number
  /** Forgets the record at hand. */
  restart(): void
}

/** A counter of the cells of a record that comes in pieces and has no end yet, without keeping any of them. */
export function cellCounter({ delimiter, quote, escape }: CsvDialect): CellCounter {
  const between = Buffer.from(delimiter)
  const last = between[between.length - 1]
  const [mark, guard] = [quote?.charCodeAt(0), escape === quote ? undefined : escape?.charCodeAt(0)]
  let cells = 1
  let where: 'start' | 'text' | 'quoted' | 'guarded' | 'closed' = 'start'
  return {
    count(bytes) {
      for (let at = 0; at < bytes.length; at += 1) {
        const byte = bytes[at]
        if (where === 'quoted') {
          if (byte === guard) where = 'guarded'
          else if (byte === mark) where = 'closed'
        } else if (where === 'guarded') where = 'quoted'
        else if (byte === mark && mark !== undefined && where !== 'text') where = 'quoted'
        else if (byte === last || byte === lf || byte === cr) {
          // A delimiter of several characters is counted by its last one: more cells than there are, never fewer.
          if (byte === last) cells += 1
          where = 'start'
        } else where = 'text'
      }
      return cells
    },
    restart() {
      cells = 1
      where = 'start'
    },
  }
}
