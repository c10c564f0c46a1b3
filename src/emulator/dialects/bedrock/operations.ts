import type { Reply } from '../../core/http/reply.ts'
import type { BedrockCall } from './call.ts'
import { invokeModel } from './invoke.ts'
import { createJob } from './jobs/create-job.ts'
import { listJobs } from './jobs/list-jobs.ts'
import { retrieveJob, stopJob } from './jobs/jobs.ts'
import { deleteObject, getObject, headBucket, headObject } from './s3/object.ts'
import { listObjects } from './s3/list-objects.ts'
import { putObject } from './s3/put-object.ts'

const handlers: Readonly<Record<string, (call: BedrockCall) => Reply | Promise<Reply>>> = {
  'batches.create': createJob,
  'batches.retrieve': retrieveJob,
  'batches.list': listJobs,
  'batches.cancel': stopJob,
  'models.invoke': invokeModel,
  'files.create': putObject,
  'files.content': getObject,
  'files.retrieve': headObject,
  'files.delete': deleteObject,
  'files.list': listObjects,
  'buckets.retrieve': headBucket,
}

/** The reply to a call. Throws a Refusal. */
export async function handle(call: BedrockCall): Promise<Reply> {
  const handler = handlers[call.operation]
  if (!handler) throw new Error(`No handler for '${call.operation}'.`)
  return handler(call)
}
