import { OffpeakError } from '../domain/errors.ts'
import { idTemplate } from '../engine/bring/id-template.ts'
import { ingest } from '../engine/bring/ingest.ts'
import { startRun } from '../engine/control.ts'
import { plan } from '../engine/plan/plan.ts'
import { claimFilesDirectory } from '../engine/requests/project-marker.ts'
import { planOptions } from './plan-options.ts'
import type { Planning } from './planning.ts'
import { everything } from './selection.ts'
import { readyToWrite } from './starting.ts'
import type { Workspace } from './workspace.ts'

/** `Offpeak.ingest`. */
export async function bringAnswers(
  workspace: Workspace,
  ...[name, answers, { template, params = {}, textAs = null }, signal]: Parameters<Planning['ingest']>
): ReturnType<Planning['ingest']> {
  const idOf = idTemplate(template)
  await claimFilesDirectory(workspace.flow)
  const selection = { ...everything, params }
  const options = await planOptions(workspace, name, selection, { asks: true })
  if (textAs !== null && options.job.job.output === undefined)
    throw new OffpeakError(
      'E_USAGE',
      `the job ${name} takes plain text as it is; --text-as is for a job with an \`output\``,
      { fix: 'leave --text-as out' },
    )
  const brought = [...answers.digests.values()].map((digest) => JSON.stringify([digest, template, textAs]))
  const writes = await readyToWrite(workspace, name, selection)
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
