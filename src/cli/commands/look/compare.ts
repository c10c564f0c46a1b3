import { OffpeakError } from '../../../domain/errors.ts'
import type { Project } from '../../../compose/project.ts'
import { candidateNames } from '../../../ports/candidates.ts'
import { variantNames } from '../../../planning/requests/render.ts'
import { command } from '../../command.ts'
import { comparisonView, severalView } from '../../screen/views/compare-view.ts'
import { countFlag } from '../../../wording/commands/flags.ts'

const usualSample = 200

const compare = command({
  name: 'compare',
  summary: 'set two runs of a job, two prompt variants, or all candidates side by side',
  group: 'Look',
  arguments: [
    {
      syntax: '<a>',
      summary: 'a run, one of its variants as run:variant, or a job with candidates or variants',
    },
    {
      syntax: '[b]',
      summary: 'the other one; left out for a job with candidates, or a run with two variants',
    },
  ],
  options: {
    sample: countFlag('--sample <n>', `how many records to read the answers of (${usualSample})`),
  },
  examples: [
    'offpeak compare 6xq1 7k2m',
    'offpeak compare headnotes',
    'offpeak compare headnotes@now headnotes@short',
    'offpeak compare 7k2m:short 7k2m:long',
  ],
  notes: [
    'The figures are of the records that both sides have an answer to, so that none looks better for having had the easier ones. Each difference is told with its 95 % interval; where that has none in it, chance alone makes such a difference too. Two variants of one run have no record in common: each is taken on its own.',
    'A job names other prompts or models as `candidates`; offpeak run <job> --candidates --limit 200 asks each of them the same records.',
  ],
  async run(context, [one = '', other], options) {
    const offpeak = await context.open()
    const view = { paint: context.paint, columns: context.io.stdout.columns() }
    if (other === undefined && (await hasCandidates(offpeak, one))) {
      const several = await offpeak.compareCandidates(one)
      if (context.globals.json) context.printJson(several)
      else context.show(severalView(several, view))
      return 0
    }
    const [a, b] = other === undefined ? await variantsOf(offpeak, one) : [one, other]
    const comparison = await offpeak.compare(a, b, options.sample ?? usualSample)
    if (context.globals.json) context.printJson(comparison)
    else context.show(comparisonView(comparison, view))
    return 0
  },
})
export { compare as command }

/** Whether a name is that of a job with candidates, and not of a run. */
async function hasCandidates(offpeak: Project, name: string): Promise<boolean> {
  const known = (await offpeak.config.jobs.all()).get(name)
  return known !== undefined && candidateNames(known.job).length > 0
}

/** The two variants of a run's job. Throws E_USAGE. */
async function variantsOf(offpeak: Project, name: string): Promise<readonly [string, string]> {
  const run = await offpeak.find(name)
  const names = variantNames((await offpeak.job(run.job)).job)
  const [a, b] = names
  if (names.length === 2 && a !== undefined && b !== undefined) return [`${run.id}:${a}`, `${run.id}:${b}`]
  throw new OffpeakError(
    'E_USAGE',
    names.length === 0
      ? `the job ${run.job} has neither candidates nor variants`
      : `the job ${run.job} has ${names.length} variants`,
    {
      fix:
        names.length === 0
          ? 'name a second run'
          : `name two: offpeak compare ${run.id}:${a ?? ''} ${run.id}:${names.at(-1) ?? ''}`,
    },
  )
}
