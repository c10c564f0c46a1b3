import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type MoneyMoved, OffpeakError } from '../../domain/errors.ts'
import type { Tables } from './schema.ts'

/** The schema that this process knows, held against that of the state: a newer process may have changed it since. */
export interface SchemaVersion {
  /** Whether the state has no newer schema, as a condition: a statement that has it does nothing otherwise. */
  readonly isKnown: RawBuilder<boolean>
  /** The E_STATE_VERSION to throw when the state has a newer schema by now; null: it has none. Read `within` a transaction where one is open. */
  readonly failure: (money: MoneyMoved, within?: Kysely<Tables>) => Promise<OffpeakError | null>
}

/** `newest` is the last migration that this process knows; `place` says where the state is, without a password. */
export function schemaVersion(db: Kysely<Tables>, newest: string, place: string): SchemaVersion {
  // Migrations follow each other by their names, and there are a few of them: this is read in no time.
  const newer = sql`select name from kysely_migration where name > ${newest}`
  return {
    isKnown: sql<boolean>`not exists (${newer})`,
    async failure(money, within = db) {
      const { rows } = await sql<{ name: string }>`${newer} order by name desc`.execute(within)
      const [last] = rows
      if (last === undefined) return null
      return new OffpeakError(
        'E_STATE_VERSION',
        `a newer version of Offpeak has taken over the state: it is at ${last.name}, and this process knows ${newest}`,
        {
          where: place,
          fix: 'start this process again with that version, or a newer one; batches at the provider continue meanwhile',
          money,
        },
      )
    },
  }
}
