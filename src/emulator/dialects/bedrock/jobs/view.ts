import type { Showing } from '../../../core/dialect.ts'
import type { JsonObject } from '../../../core/json.ts'
import { type BatchRecord, isTerminal } from '../../../core/records.ts'
import type { Counts } from '../../../core/scenarios/object-play.ts'
import { arnOf, detailsOf } from './details.ts'

/** `ModelInvocationJobStatus` of the AWS SDK. */
export const jobStatuses = [
  'Submitted',
  'Validating',
  'Scheduled',
  'InProgress',
  'Completed',
  'PartiallyCompleted',
  'Failed',
  'Stopping',
  'Stopped',
  'Expired',
] as const

/** A job is `Submitted` for this long before it is looked at. */
const submittedMs = 1000

function statusOf(
  batch: BatchRecord,
  { completed, failed }: Counts,
  nowMs: number,
): (typeof jobStatuses)[number] {
  const ran = (completed ?? 0) + (failed ?? 0)
  switch (batch.status) {
    case 'validating':
      return nowMs < batch.createdAtMs + submittedMs ? 'Submitted' : 'Validating'
    case 'in_progress':
      return ran === 0 ? 'Scheduled' : 'InProgress'
    case 'finalizing':
      return 'InProgress'
    case 'completed':
      return 'Completed'
    case 'failed':
      return 'Failed'
    case 'expired':
      // "Expired: scheduled but didn't begin before the set timeout"; what has begun is PartiallyCompleted (AWS SDK).
      return ran === 0 ? 'Expired' : 'PartiallyCompleted'
    case 'cancelling':
      return 'Stopping'
    case 'cancelled':
      return 'Stopped'
    default:
      return batch.status satisfies never
  }
}

/** A job as GetModelInvocationJob and the list write it; what is absent is left out. */
export function jobObject(batch: BatchRecord, { counts, nowMs, skewMs }: Showing): JsonObject {
  const details = detailsOf(batch)
  const time = (ms: number): string => new Date(ms + skewMs).toISOString()
  const ended = isTerminal(batch.status) ? batch.times[batch.status] : undefined
  const message = batch.errors?.map((error) => error.message).join(' ')
  const { completed, failed, total } = counts
  return {
    jobArn: arnOf(batch),
    jobName: details.jobName,
    modelId: details.modelId,
    clientRequestToken: details.clientRequestToken,
    roleArn: details.roleArn,
    status: statusOf(batch, counts, nowMs),
    ...(message === undefined ? {} : { message }),
    submitTime: time(batch.createdAtMs),
    lastModifiedTime: time(Math.max(batch.createdAtMs, ...Object.values(batch.times))),
    ...(ended === undefined ? {} : { endTime: time(ended) }),
    inputDataConfig: details.inputDataConfig,
    outputDataConfig: details.outputDataConfig,
    ...(details.vpcConfig === null ? {} : { vpcConfig: details.vpcConfig }),
    timeoutDurationInHours: details.timeoutHours,
    jobExpirationTime: time(batch.expiresAtMs),
    modelInvocationType: 'InvokeModel',
    totalRecordCount: total ?? 0,
    processedRecordCount: (completed ?? 0) + (failed ?? 0),
    successRecordCount: completed ?? 0,
    errorRecordCount: failed ?? 0,
  }
}
