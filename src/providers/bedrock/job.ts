import type { GetModelInvocationJobResponse, ModelInvocationJobSummary } from '@aws-sdk/client-bedrock'
import type { RemoteState } from '../../domain/attempt.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import { plainText } from '../replies/classify.ts'
import type { ClockSkew } from '../http/clock-skew.ts'
import { markOf } from './job-mark.ts'

type Job = ModelInvocationJobSummary | GetModelInvocationJobResponse

/**
 * `Expired` has never begun; `PartiallyCompleted` ran out of time with answers there (AWS SDK, ModelInvocationJobStatus), so
 * that what has no line has expired.
 */
const states: Readonly<Record<string, RemoteState>> = {
  Submitted: 'validating',
  Validating: 'validating',
  Scheduled: 'in_progress',
  InProgress: 'in_progress',
  Stopping: 'cancelling',
  Stopped: 'cancelled',
  Completed: 'completed',
  PartiallyCompleted: 'expired',
  Expired: 'expired',
  Failed: 'failed',
}

const ended: readonly RemoteState[] = ['completed', 'cancelled', 'expired', 'failed']

/** What stands before a folder that may well be empty. */
const perhaps = 'perhaps:'

/** A job as a batch; null when it is none, or in a state that nobody knows. */
export function readJob(job: Job, skew: ClockSkew): RemoteBatch | null {
  const { jobArn, jobName = '', status = '', message } = job
  const state = Object.hasOwn(states, status) ? states[status] : undefined
  if (jobArn === undefined || state === undefined) return null
  const input = job.inputDataConfig?.s3InputDataConfig?.s3Uri ?? null
  const output = job.outputDataConfig?.s3OutputDataConfig?.s3Uri
  const folder = output === undefined ? null : `${output.replace(/\/?$/, '/')}${jobIdOf(jobArn)}/`
  const isThere = ended.includes(state) && folder !== null
  const failed = job.errorRecordCount ?? 0
  return {
    id: jobArn,
    state,
    staged: input,
    outputPart: isThere ? (status === 'Completed' ? folder : `${perhaps}${folder}`) : null,
    errorPart: null,
    createdAtMs: skew.ours(job.submitTime?.getTime() ?? null),
    expiresAtMs: skew.ours(job.jobExpirationTime?.getTime() ?? null),
    counts:
      job.totalRecordCount === undefined
        ? null
        : { total: job.totalRecordCount, completed: job.successRecordCount ?? 0, failed },
    usage: null,
    metadata: markOf(jobName, input),
    errors:
      state === 'failed'
        ? [{ code: status, message: plainText(message ?? 'no reason given'), line: null }]
        : [],
  }
}

/** The folder of a part of the results, and whether there may be nothing in it. */
export function folderOf(part: string): { readonly uri: string; readonly mayBeEmpty: boolean } {
  return part.startsWith(perhaps)
    ? { uri: part.slice(perhaps.length), mayBeEmpty: true }
    : { uri: part, mayBeEmpty: false }
}

/** A job writes into a folder that is named by the last part of its ARN. */
function jobIdOf(jobArn: string): string {
  return jobArn.slice(jobArn.lastIndexOf('/') + 1)
}
