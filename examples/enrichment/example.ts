import { openDatabase, sql } from 'offpeak'
import { printRelated } from './nearest.ts'

/** The emulator answers, and writes its own copy of the database. For `npm run example -- enrichment`. */
export const example = {
  seed: ['seed.ts'],
  runs: [['run', 'summaries', 'embeddings', '--max-cost', '$25']],
  async show(folder: string): Promise<void> {
    await using database = await openDatabase('pglite:.offpeak/emulator/project/.offpeak/cases', folder)
    const rows = await database.query(
      sql`select title, summary_en, summary_model, summary_version from events where summary_en is not null order by published_at desc limit 2`,
    )
    console.log('\nTwo events, as they stand in the emulator’s copy of the table:')
    for (const row of rows)
      console.log(
        `\n  ${String(row['title'])}\n  ${String(row['summary_en'])} (${String(row['summary_model'])}, version ${String(row['summary_version'])})`,
      )
    console.log('\nThe newest event and those nearest to it:')
    await printRelated(database, null, { column: 'embedding', limit: 4 })
  },
}
