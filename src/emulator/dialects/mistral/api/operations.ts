import type { Reply } from '../../../core/http/reply.ts'
import type { MistralCall } from './call.ts'
import { createFile, deleteFile, fileContent, listFiles, retrieveFile } from './files.ts'
import { cancelJob, createJob, deleteJob, listJobs, retrieveJob } from './jobs.ts'
import { answerNow, listModels, retrieveModel } from './sync.ts'

const handlers: Readonly<Record<string, (call: MistralCall) => Reply | Promise<Reply>>> = {
  'files.create': createFile,
  'files.list': listFiles,
  'files.retrieve': retrieveFile,
  'files.delete': deleteFile,
  'files.content': fileContent,
  'batches.create': createJob,
  'batches.list': listJobs,
  'batches.retrieve': retrieveJob,
  'batches.delete': deleteJob,
  'batches.cancel': cancelJob,
  'chat.completions': (call) => answerNow(call, 'chat'),
  embeddings: (call) => answerNow(call, 'embedding'),
  ocr: (call) => answerNow(call, 'ocr'),
  'models.list': listModels,
  'models.retrieve': retrieveModel,
}

/** The reply to a call. Throws a Refusal. */
export async function handle(call: MistralCall): Promise<Reply> {
  const handler = handlers[call.operation]
  if (!handler) throw new Error(`No handler for '${call.operation}'.`)
  return handler(call)
}
