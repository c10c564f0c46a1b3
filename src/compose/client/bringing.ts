import { OffpeakError } from '../../domain/errors.ts'
import { indexAnswers } from '../../engine/imports/foreign-answers.ts'
import { idTemplate } from '../../engine/imports/id-template.ts'
import { type Ingested, ingest } from '../../engine/imports/ingest.ts'
import { startRun } from '../../engine/control/start-run.ts'
import { makePlan } from '../../engine/plan/make-plan.ts'
import { claimFilesDirectory } from '../../engine/files/project-marker.ts'
import { planOptions } from '../plan-options.ts'
import type { RunRow } from '../../ports/state.ts'
import { everything, type Selection } from '../selection.ts'
import { readyToWrite } from './starting.ts'
import type { Workspace } from '../workspace.ts'

/** How answers that others have brought are read. */
export interface BroughtHow {
  /** The id of a row's request: `case-{id}`. */
  readonly template: string
  readonly params?: Selection['params']
  /** The field of the output that the whole text of each becomes. */
  readonly textAs?: string | null
}

/** `Offpeak.ingest`. */
export async function bringAnswers(
  workspace: Workspace,
  name: string,
  paths: readonly string[],
  { template, params = {}, textAs = null }: BroughtHow,
  signal: AbortSignal,
): Promise<Ingested & { readonly run: RunRow }> {
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
  const answers = await indexAnswers(paths, options.job.provider)
  const brought = [...answers.digests.values()].map((digest) => JSON.stringify([digest, template, textAs]))
  const writes = await readyToWrite(workspace, name, selection)
  const { run, attached } = await startRun({
    ...options,
    writes,
    plan: await makePlan({ ...options, imported: true }),
    capMicroUsd: null,
    shared: null,
    payer: null,
    followers: [],
    follows: null,
    hold: true,
    broughtAs: { brought, textAs },
  })
  if (attached)
    throw new OffpeakError('E_RUN_STATE', `run ${run.id} of ${name} is running`, {
      fix: `offpeak resume ${run.id}, or offpeak cancel ${run.id}, first`,
    })
  return { ...(await ingest(options.flow, run, answers, idOf, signal)), run }
}
