import type { Reply } from '../../../core/http/reply.ts'
import { batchResults, cancelBatch, createBatch, deleteBatch, listBatches, retrieveBatch } from './batches.ts'
import type { AnthropicCall } from './call.ts'
import { countTokens, createMessage, listModels, retrieveModel } from './messages.ts'

const handlers: Readonly<Record<string, (call: AnthropicCall) => Reply | Promise<Reply>>> = {
  'messages.create': createMessage,
  'messages.count_tokens': countTokens,
  'batches.create': createBatch,
  'batches.list': listBatches,
  'batches.retrieve': retrieveBatch,
  'batches.delete': deleteBatch,
  'batches.cancel': cancelBatch,
  'batches.results': batchResults,
  'models.list': listModels,
  'models.retrieve': retrieveModel,
}

/** The reply to a call. Throws a Refusal. */
export async function handle(call: AnthropicCall): Promise<Reply> {
  const handler = handlers[call.operation]
  if (!handler) throw new Error(`No handler for '${call.operation}'.`)
  return handler(call)
}
