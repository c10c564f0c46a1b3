import { appendFile } from 'node:fs/promises'
import type { Project } from '../../../compose/project.ts'
import { reportMarkdown } from '../../screen/report-markdown.ts'

/** Appends the report to the summary of a CI step, where there is one; a summary that cannot be written fails nothing. */
export async function appendStepSummary(offpeak: Project, runId: string): Promise<void> {
  const { stepSummary } = offpeak.config.environment
  if (stepSummary === null) return
  await appendFile(stepSummary, `${reportMarkdown(await offpeak.report(runId))}\n`).catch(() => undefined)
}
