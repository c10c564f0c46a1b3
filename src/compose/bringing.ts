import { OffpeakError } from '../domain/errors.ts'
import { idTemplate } from '../engine/bring/id-template.ts'
import { ingest } from '../engine/bring/ingest.ts'
import { startRun } from '../engine/control.ts'
import type { Flow } from '../engine/flow.ts'
import { plan } from '../engine/plan/plan.ts'
import { claimFilesDirectory } from '../engine/requests/project-marker.ts'
import type { PlanOptionsOf } from './plan-options.ts'
import type { Offpeak } from './project.ts'
import { everything, type Selection } from './selection.ts'

/** What a run is begun with. */
interface Beginning {
  readonly planOptions: PlanOptionsOf
  /** Makes the places ready that answers go to; whether these are the job's own. */
  readonly readyToWrite: (name: string, selection: Selection) => Promise<boolean>
}

/** `Offpeak.ingest`. */
export async function bringAnswers(
  flow: Flow,
  { planOptions, readyToWrite }: Beginning,
  [name, answers, { template, params = {}, textAs = null }, signal]: Parameters<Offpeak['ingest']>,
): ReturnType<Offpeak['ingest']> {
  const idOf = idTemplate(template)
  await claimFilesDirectory(flow)
  const selection = { ...everything, params }
  const options = await planOptions(name, selection, { asks: true })
  if (textAs !== null && options.job.job.output === undefined)
    throw new OffpeakError(
      'E_USAGE',
      `the job ${name} takes plain text as it is; --text-as is for a job with an \`output\``,
      { fix: 'leave --text-as out' },
    )
  const brought = [...answers.digests.values()].map((digest) => JSON.stringify([digest, template, textAs]))
  const writes = await readyToWrite(name, selection)
  const { run, attached } = await startRun({
    ...options,
    writes,
    plan: await plan({ ...options, imported: true }),
    capMicroUsd: null,
    shared: null,
    payer: null,
    followers: [],
    follows: null,
    hold: true,
    broughtAs: { brought, textAs },
  })
  if (attached)
    throw new OffpeakError('E_RUN_STATE', `run ${run.id} of ${name} is going on`, {
      fix: `offpeak resume ${run.id}, or offpeak cancel ${run.id}, first`,
    })
  return { ...(await ingest(options.flow, run, answers, idOf, signal)), run }
}
