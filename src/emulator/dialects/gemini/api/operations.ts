import type { Reply } from '../../../core/http/reply.ts'
import { cancelBatch, createBatch, deleteBatch, listBatches, retrieveBatch } from './batches.ts'
import type { GeminiCall } from './call.ts'
import { countTokens, embedContent, embedContents, generateContent } from './content.ts'
import { deleteFile, fileContent, listFiles, retrieveFile } from './files.ts'
import { listModels, retrieveModel } from './models.ts'
import { receiveBytes, startUpload } from './upload.ts'

const handlers: Readonly<Record<string, (call: GeminiCall) => Reply | Promise<Reply>>> = {
  'files.start': startUpload,
  'files.create': receiveBytes,
  'files.list': listFiles,
  'files.retrieve': retrieveFile,
  'files.delete': deleteFile,
  'files.content': fileContent,
  'batches.create': createBatch,
  'batches.list': listBatches,
  'batches.retrieve': retrieveBatch,
  'batches.delete': deleteBatch,
  'batches.cancel': cancelBatch,
  'models.generate_content': generateContent,
  'models.count_tokens': countTokens,
  'models.embed_content': embedContent,
  'models.embed_contents': embedContents,
  'models.list': listModels,
  'models.retrieve': retrieveModel,
}

/** The reply to a call. Throws a Refusal. */
export async function handle(call: GeminiCall): Promise<Reply> {
  const handler = handlers[call.operation]
  if (!handler) throw new Error(`No handler for '${call.operation}'.`)
  return handler(call)
}
