import type { Kysely, Transaction } from 'kysely'
import type { ProjectMarker, ProjectStore } from '../ports/store-project.ts'
import type { StoreContext } from './context.ts'
import type { Tables } from './schema.ts'

const keys = { lineage: 'lineage', files: 'files_directory' } as const

/**
 * The lineage of a state. A new one gets `newLineage`, or takes over that of the marker beside which it is made:
 * what an earlier state of the project has bought is found by it.
 */
export async function readLineage(
  db: Kysely<Tables>,
  newLineage: string,
  marker: ProjectMarker | null,
): Promise<string> {
  const known = await read(db, keys.lineage)
  if (known === null)
    await db.transaction().execute(async (trx) => {
      // Of several processes that make it, one is first.
      if (!(await add(trx, keys.lineage, marker?.project ?? newLineage)) || marker === null) return
      await add(trx, keys.files, marker.directory)
    })
  return known ?? (await read(db, keys.lineage)) ?? newLineage
}

export function projectStore({ db }: StoreContext): ProjectStore {
  return {
    filesDirectory: () => read(db, keys.files),
    async noteFilesDirectory(directory, replace) {
      const row = { key: keys.files, value: directory }
      await db
        .insertInto('meta')
        .values(row)
        .onConflict((conflict) =>
          replace ? conflict.column('key').doUpdateSet(row) : conflict.column('key').doNothing(),
        )
        .execute()
      return (await read(db, keys.files)) ?? directory
    },
  }
}

async function read(db: Kysely<Tables>, key: string): Promise<string | null> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst()
  return row?.value ?? null
}

/** Whether it was not there before. */
async function add(trx: Transaction<Tables>, key: string, value: string): Promise<boolean> {
  const added = await trx
    .insertInto('meta')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirst()
  return (added.numInsertedOrUpdatedRows ?? 0n) > 0n
}
