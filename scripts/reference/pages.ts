import { commandsPage } from './commands-page.ts'
import { configPage } from './config-page.ts'
import { crashPointsPage } from './crash-points-page.ts'
import { errorsPage } from './errors-page.ts'
import { jobPage } from './job-page.ts'
import { restPage } from './rest-page.ts'

/** The pages that are made from the code, each by its path in the repository. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/reference/job.md', jobPage()],
    ['docs/reference/configuration.md', configPage()],
    ['docs/reference/commands.md', await commandsPage()],
    ['docs/reference/errors.md', errorsPage()],
    ['docs/reference/rest.md', restPage()],
    ['docs/internals/crash-points.md', crashPointsPage()],
  ])
}
