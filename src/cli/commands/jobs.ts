import { errorCodes, OffpeakError } from '../../domain/errors.ts'
import type { Coverage } from '../../engine/queries/coverage.ts'
import type { Project } from '../../compose/project.ts'
import { modelWords, sinkWords, sourceWords } from '../../compose/job-words.ts'
import type { RunRow } from '../../ports/state.ts'
import type { BrokenJob, LoadedJob } from '../../config/jobs.ts'
import { command, type CommandContext } from '../command.ts'
import { textFlag, yesFlag } from '../../wording/commands/flags.ts'
import { parseParam } from './runs/selection.ts'
import { selectionFlags } from '../../wording/commands/selection-flags.ts'
import { coverageView } from '../screen/views/coverage-view.ts'
import { cleanLine } from '../screen/clean.ts'
import { formatAgo } from '../screen/format.ts'
import { table } from '../screen/table.ts'
import { exits } from '../exit-codes.ts'

interface JobLine {
  readonly name: string
  readonly file: string
  readonly model: string
  readonly source: string
  readonly sink: string
  readonly lastRun: Pick<RunRow, 'id' | 'state' | 'createdAt'> | null
}

const jobs = command({
  name: 'jobs',
  summary: 'list the jobs of this project, and how far they are',
  group: 'Run',
  arguments: [{ syntax: '[job]', summary: 'only this one' }],
  options: {
    coverage: yesFlag('--coverage', 'how much of the source is done; reads all of it'),
    by: textFlag('--by <fields>', 'with --coverage: grouped by these fields of the rows, as a,b'),
    params: selectionFlags.params,
  },
  examples: ['offpeak jobs', 'offpeak jobs --json', 'offpeak jobs products --coverage --by category,locale'],
  async run(context, [named], { coverage, by, params }) {
    const offpeak = await context.open()
    if (coverage) return showCoverage(context, offpeak, named ?? null, { by, params })
    if (by !== null || params.length > 0)
      throw new OffpeakError(
        'E_USAGE',
        '--by and -p say how the source is read, which only --coverage does',
        {
          fix: `offpeak jobs ${named ?? '<job>'} --coverage --by ${by ?? 'category'}`,
        },
      )
    const loaded = await chosen(offpeak, named ?? null)
    const lines = await Promise.all(
      loaded.map(async ({ job, file }): Promise<JobLine> => {
        const [last] = await offpeak.store.runs({ job: job.name, limit: 1 })
        return {
          name: job.name,
          file,
          model: modelWords(job),
          source: sourceWords(job),
          sink: sinkWords(job),
          lastRun: last ? { id: last.id, state: last.state, createdAt: last.createdAt } : null,
        }
      }),
    )
    const broken = named === undefined ? await offpeak.config.jobs.broken() : []
    // Where none can be used, scripts are told so as people are.
    const exit = lines.length === 0 && broken.length > 0 ? errorCodes.E_JOB_FILE.exit : exits.done
    if (context.globals.json) {
      context.printJson({ schema: 'offpeak.jobs/2', jobs: lines, broken: broken.map(brokenLine) })
      return exit
    }
    for (const { file, error } of broken)
      context.say(
        context.paintWords.warn(`  ! ${cleanLine(file)} cannot be used: ${cleanLine(error.message)}`),
      )
    if (lines.length === 0 && broken.length > 0) return exit
    if (lines.length === 0) {
      context.say('  No job files were found.')
      context.next('Write one', 'offpeak init')
      return 0
    }
    const now = context.io.now()
    context.show(
      table<JobLine>(
        [
          { title: 'job', value: ({ name }) => name, paint: context.paint.strong },
          { title: 'from', value: ({ source }) => source, shrink: true },
          { title: 'into', value: ({ sink }) => sink, shrink: true },
          { title: 'model', value: ({ model }) => model, shrink: true },
          {
            title: 'last run',
            value: ({ lastRun }) =>
              lastRun === null ? '-' : `${lastRun.id} ${lastRun.state}, ${formatAgo(lastRun.createdAt, now)}`,
          },
        ],
        lines,
        { paint: context.paint, width: context.io.stdout.columns() },
      ),
    )
    context.next('Next', `offpeak plan ${lines[0]?.name ?? '<job>'}`)
    return 0
  },
})
export { jobs as command }

/** A job file that cannot be used, for programs. */
function brokenLine({ file, names, error: { code, message, where, fix } }: BrokenJob): object {
  return { file, names, code, message, where, fix }
}

async function chosen(offpeak: Project, named: string | null): Promise<readonly LoadedJob[]> {
  return named === null ? [...(await offpeak.config.jobs.all()).values()] : [await offpeak.job(named)]
}

/** Of one job the coverage itself, else that of all jobs under each other. */
async function showCoverage(
  context: CommandContext,
  offpeak: Project,
  named: string | null,
  { by, params }: { readonly by: string | null; readonly params: readonly string[] },
): Promise<number> {
  const fields = (by ?? '')
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '')
  const jobs = await chosen(offpeak, named)
  const [only] = jobs
  if (jobs.length !== 1 && (fields.length > 0 || params.length > 0))
    throw new OffpeakError('E_USAGE', 'fields and parameters are those of one job', {
      fix: `offpeak jobs ${only?.job.name ?? '<job>'} --coverage`,
    })
  const given = Object.fromEntries(params.map(parseParam))
  const found: Coverage[] = []
  for (const { job } of jobs) {
    const coverage = await offpeak.coverage(job.name, given, fields)
    if (!context.globals.json)
      context.show(coverageView(coverage, { paint: context.paint, columns: context.io.stdout.columns() }))
    else if (named !== null) context.printJson(coverage)
    found.push(coverage)
  }
  if (context.globals.json && named === null)
    context.printJson({ schema: 'offpeak.coverages/2', jobs: found })
  return 0
}
