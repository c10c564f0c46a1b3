import type { Kysely, Transaction } from 'kysely'
import { z } from 'zod'
import type { ProjectMarker, ProjectStore } from '../../ports/store/runs.ts'
import type { StoreContext } from '../database/context.ts'
import type { Tables } from '../schema/schema.ts'

const keys = {
  projectId: 'lineage',
  files: 'files_directory',
  besideFiles: 'new_beside_files',
  adopted: 'adopted_projects',
} as const

/** The project that a state belongs to, and whether the state was made where files of an earlier one lay. */
export interface Identity {
  readonly projectId: string
  readonly isNewBesideFiles: boolean
}

/**
 * The identity of a state. A new one gets `newProjectId`, or takes over that of the marker beside which it is made:
 * what an earlier state of the project has bought is found by it.
 */
export async function readIdentity(
  db: Kysely<Tables>,
  newProjectId: string,
  marker: ProjectMarker | null,
): Promise<Identity> {
  const known = await read(db, keys.projectId)
  if (known === null)
    await db.transaction().execute(async (trx) => {
      // Of several processes that make it, one is first.
      if (!(await add(trx, keys.projectId, marker?.project ?? newProjectId)) || marker === null) return
      await add(trx, keys.files, marker.directory)
      await add(trx, keys.besideFiles, '1')
    })
  const projectId = known ?? (await read(db, keys.projectId)) ?? newProjectId
  return { projectId, isNewBesideFiles: await isNewBesideFiles(db) }
}

/** Whether the state was made where files of an earlier one lay. */
export async function isNewBesideFiles(db: Kysely<Tables>): Promise<boolean> {
  return (await read(db, keys.besideFiles)) !== null
}

/** The store of the project's own facts, over the meta table. */
export function projectStore({ db, transact }: StoreContext): ProjectStore {
  const adopted = async (from: Kysely<Tables>): Promise<readonly string[]> =>
    z.array(z.string()).parse(JSON.parse((await read(from, keys.adopted)) ?? '[]'))
  return {
    ownIds: async () => new Set([(await read(db, keys.projectId)) ?? '', ...(await adopted(db))]),
    adoptProject: (projectId) =>
      transact(async (trx) => {
        const ids = new Set([...(await adopted(trx)), projectId])
        const row = { key: keys.adopted, value: JSON.stringify([...ids]) }
        await trx
          .insertInto('meta')
          .values(row)
          .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
          .execute()
      }),
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
