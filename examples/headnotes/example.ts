import { openDatabase, sql } from 'offpeak'

/** The emulator answers, and writes its own copy of the database. For `npm run example -- headnotes`. */
export const example = {
  seed: ['seed.ts'],
  runs: [['run', 'headnotes', '--max-cost', '$5']],
  async show(folder: string): Promise<void> {
    await using database = await openDatabase('pglite:.offpeak/emulator/project/.offpeak/cases', folder)
    const written = await database.query(
      sql`select neutral_citation, case_name, headnote from court_cases where headnote is not null order by neutral_citation limit 3`,
    )
    console.log('\nThree of the headnotes, as they stand in the emulator’s copy of court_cases:')
    for (const row of written)
      console.log(
        `\n  ${String(row['neutral_citation'])}  ${String(row['case_name'])}\n  ${String(row['headnote']).slice(0, 320)}`,
      )
  },
}
