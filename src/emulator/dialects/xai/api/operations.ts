import type { Reply } from '../../../core/http/reply.ts'
import type { XaiCall } from '../call.ts'
import { addRequests } from './add-requests.ts'
import { cancelBatch, createBatch, listBatches, retrieveBatch } from './batches.ts'
import { createCompletion, listModels } from './completions.ts'
import { createFile, deleteFile, fileContent, listFiles, retrieveFile } from './files.ts'
import { batchRequests, batchResults } from './results.ts'

const handlers: Readonly<Record<string, (call: XaiCall) => Reply | Promise<Reply>>> = {
  'files.create': createFile,
  'files.list': listFiles,
  'files.retrieve': retrieveFile,
  'files.content': fileContent,
  'files.delete': deleteFile,
  'batches.create': createBatch,
  'batches.list': listBatches,
  'batches.retrieve': retrieveBatch,
  'batches.add': addRequests,
  'batches.requests': batchRequests,
  'batches.results': batchResults,
  'batches.cancel': cancelBatch,
  'chat.completions': createCompletion,
  'models.list': listModels,
}

/** The reply to a call. Throws a Refusal. */
export async function handle(call: XaiCall): Promise<Reply> {
  const handler = handlers[call.operation]
  if (!handler) throw new Error(`No handler for '${call.operation}'.`)
  return handler(call)
}
